package dev.wxnotify.server.message;

import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value rules of template keywords, by type, as WeChat publishes them (sendMessage,
 * "参数值内容限制说明").
 *
 * <p>Only what is documented and certain is checked; WeChat judges the rest. It does not say how it
 * counts characters, so that here a character is what a reader sees as one (a grapheme cluster),
 * the most lenient count: nothing is refused here that WeChat may take. The sandbox has a stricter
 * table of its own.
 */
enum KeywordRule {
  THING("thing") {
    @Override
    @Nullable String check(String value) {
      return longerThan(value, 20);
    }
  },
  NUMBER("number") {
    @Override
    @Nullable String check(String value) {
      return matches(NUMBER_FORM, value) && digits(value) <= 32
          ? null
          : "must be a number of at most 32 digits, decimals allowed";
    }
  },
  LETTER("letter") {
    @Override
    @Nullable String check(String value) {
      return matches(LETTERS, value) ? null : "must be at most 32 letters A-Z a-z";
    }
  },
  SYMBOL("symbol") {
    @Override
    @Nullable String check(String value) {
      return !has(Character::isLetterOrDigit, value)
          ? longerThan(value, 5)
          : "must be at most 5 symbols, without letters, digits or Chinese";
    }
  },
  CHARACTER_STRING("character_string") {
    @Override
    @Nullable String check(String value) {
      return !has(KeywordRule::isChinese, value)
          ? longerThan(value, 32)
          : "must be at most 32 digits, letters and symbols, without Chinese characters";
    }
  },
  TIME("time") {
    @Override
    @Nullable String check(String value) {
      return moment(value);
    }
  },
  DATE("date") {
    @Override
    @Nullable String check(String value) {
      return moment(value);
    }
  },
  AMOUNT("amount") {
    @Override
    @Nullable String check(String value) {
      return matches(AMOUNT_FORM, value) && digitsBeforePoint(value) <= 10
          ? null
          : "must be at most one currency symbol and at most 10 digits, decimals allowed, and may"
              + " end in 元";
    }
  },
  PHONE_NUMBER("phone_number") {
    @Override
    @Nullable String check(String value) {
      return !has(Character::isLetter, value)
          ? longerThan(value, 17)
          : "must be at most 17 digits and symbols";
    }
  },
  CAR_NUMBER("car_number") {
    @Override
    @Nullable String check(String value) {
      return matches(CAR_NUMBER_FORM, value)
          ? null
          : "must be at most 8 letters and digits, of which the first and the last may be Chinese";
    }
  },
  NAME("name") {
    @Override
    @Nullable String check(String value) {
      if (has(Character::isDigit, value)) {
        return "must have no digits";
      }
      return longerThan(value, has(KeywordRule::isChinese, value) ? 10 : 20);
    }
  },
  PHRASE("phrase") {
    @Override
    @Nullable String check(String value) {
      return !has(c -> !isChinese(c), value) && longerThan(value, 5) == null
          ? null
          : "must be at most 5 Chinese characters";
    }
  };

  private static final Pattern NUMBER_FORM = Pattern.compile("[+-]?[0-9]+(?:\\.[0-9]+)?");
  private static final Pattern LETTERS = Pattern.compile("[A-Za-z]{1,32}");
  private static final Pattern AMOUNT_FORM =
      Pattern.compile("\\p{Sc}?[+-]?[0-9][0-9,]*(?:\\.[0-9]+)?元?");
  private static final Pattern CAR_NUMBER_FORM =
      Pattern.compile("[\\p{IsHan}A-Za-z0-9](?:[A-Za-z0-9]{0,6}[\\p{IsHan}A-Za-z0-9])?");

  private static final String CLOCK =
      "(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|24:00(?::00)?)";
  private static final String DAY =
      "(?:"
          + day("年", "月", "日")
          + "|"
          + day("-", "-", "")
          + "|"
          + day("/", "/", "")
          + "|"
          + day("\\.", "\\.", "")
          + ")";
  private static final String MOMENT = "(?:" + CLOCK + "|" + DAY + "(?: *" + CLOCK + ")?)";
  private static final Pattern MOMENTS = Pattern.compile(MOMENT + "(?: *~ *" + MOMENT + ")?");

  /** The first character of the script (CJK RADICAL REPEAT). */
  private static final int FIRST_HAN = 0x2E80;

  private final String prefix;

  KeywordRule(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Returns the rule for a keyword, null where none is certain. The whole name without its number
   * counts: {@code short_thing6} is no {@code thing}.
   */
  static @Nullable KeywordRule of(String keyword) {
    int end = keyword.length();
    while (end > 0 && isAsciiDigit(keyword.charAt(end - 1))) {
      end--;
    }
    for (KeywordRule rule : RULES) {
      if (rule.prefix.length() == end && keyword.startsWith(rule.prefix)) {
        return rule;
      }
    }
    return null;
  }

  private static final KeywordRule[] RULES = values();

  /** Returns what is wrong with {@code value}, null if nothing. */
  abstract @Nullable String check(String value);

  /**
   * Returns the form of a day of the calendar, with or without its year, and of a month with its
   * year. Impossible days have no form; 29 February has one with a leap year, or without a year.
   */
  private static String day(String afterYear, String afterMonth, String afterDay) {
    String year = "[0-9]{4}" + afterYear;
    String leapYear =
        "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)" + afterYear;
    String month = "(?:0?[1-9]|1[0-2])";
    String inEveryYear =
        "(?:"
            + (month + afterMonth + "(?:0?[1-9]|1[0-9]|2[0-8])")
            + ("|(?:0?[13-9]|1[0-2])" + afterMonth + "(?:29|30)")
            + ("|(?:0?[13578]|1[02])" + afterMonth + "31")
            + ")"
            + afterDay;
    String leapDay = "0?2" + afterMonth + "29" + afterDay;
    String wholeMonth = year + month + (afterDay.isEmpty() ? "" : afterMonth);
    return "(?:(?:%1$s)?%2$s|(?:%3$s)?%4$s|%5$s)"
        .formatted(year, inEveryYear, leapYear, leapDay, wholeMonth);
  }

  private static @Nullable String moment(String value) {
    return matches(MOMENTS, value)
        ? null
        : "must be an existing 24-hour time or date in one of WeChat's forms, e.g. 15:01,"
            + " 2019年10月1日 15:01 or 2019-12-25 09:42; a range is joined by an ASCII ~";
  }

  private static @Nullable String longerThan(String value, int limit) {
    if (value.length() <= limit) {
      return null; // The cheap count is never below the exact one.
    }
    int characters = Graphemes.count(value);
    return characters <= limit ? null : "has " + characters + " characters (at most " + limit + ")";
  }

  private static boolean matches(Pattern form, String value) {
    return form.matcher(value).matches();
  }

  /** A loop and no stream: this runs for every message. */
  private static boolean has(IntPredicate kind, String value) {
    for (int i = 0; i < value.length(); ) {
      int codePoint = value.codePointAt(i);
      if (kind.test(codePoint)) {
        return true;
      }
      i += Character.charCount(codePoint);
    }
    return false;
  }

  private static int digits(String value) {
    return digitsBefore(value.length(), value);
  }

  private static int digitsBeforePoint(String value) {
    int point = value.indexOf('.');
    return digitsBefore(point < 0 ? value.length() : point, value);
  }

  private static int digitsBefore(int end, String value) {
    int digits = 0;
    for (int i = 0; i < end; i++) {
      if (isAsciiDigit(value.charAt(i))) {
        digits++;
      }
    }
    return digits;
  }

  /** The first comparison spares most characters that are not Chinese the search in a table. */
  private static boolean isChinese(int codePoint) {
    return codePoint >= FIRST_HAN
        && Character.UnicodeScript.of(codePoint) == Character.UnicodeScript.HAN;
  }

  private static boolean isAsciiDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
