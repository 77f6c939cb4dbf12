package dev.wxnotify.sandbox;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value rules of WeChat's table, by the first part of a keyword's name. Characters are counted
 * as UTF-16 units. WeChat does not say how it counts; this is the strictest likely way.
 */
enum KeywordType {
  THING("thing", ".{1,20}"),
  NUMBER("number", "-?(?=[0-9.]*$)(?:\\.?[0-9]){1,32}"),
  LETTER("letter", "[A-Za-z]{1,32}"),
  SYMBOL("symbol", "[^\\p{L}\\p{N}]{1,5}"),
  CHARACTER_STRING("character_string", "[^\\p{IsHan}]{1,32}"),
  TIME("time", Dates.range(Dates.TIME_WITH_DATE)),
  DATE("date", Dates.range(Dates.DATE_WITH_TIME)),
  AMOUNT("amount", "[\\p{Sc}]?[0-9]{1,10}(?:\\.[0-9]+)?元?"),
  PHONE_NUMBER("phone_number", "[^\\p{L}]{1,17}"),
  CAR_NUMBER("car_number", "(?=.{1,8}$)[\\p{IsHan}A-Za-z0-9][A-Za-z0-9]*[\\p{IsHan}A-Za-z0-9]?"),
  NAME("name", "(?:[^\\p{N}]{1,10}|[^\\p{N}\\p{IsHan}]{1,20})"),
  PHRASE("phrase", "\\p{IsHan}{1,5}"),
  /** Its values come from the template. */
  ENUM_STRING("enum_string", ".+"),
  /** Not in the table; no rule is certain. */
  OTHER("", ".+");

  private final String prefix;
  private final Pattern form;

  KeywordType(String prefix, String form) {
    this.prefix = prefix;
    this.form = Pattern.compile(form, Pattern.DOTALL);
  }

  /** The whole name without its number decides: short_thing6 is not a thing. */
  static KeywordType of(String keyword) {
    int end = keyword.length();
    while (end > 0 && Character.isDigit(keyword.charAt(end - 1))) {
      end--;
    }
    String prefix = keyword.substring(0, end);
    for (KeywordType type : values()) {
      if (type.prefix.equals(prefix)) {
        return type;
      }
    }
    return OTHER;
  }

  /** True if the value, which is not empty, follows the rule. */
  boolean accepts(String value) {
    return problem(value) == null;
  }

  /** Why the value, which is not empty, does not follow the rule; null if it does. */
  @Nullable KeywordProblem problem(String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      return KeywordProblem.CONTROL_CHARACTER;
    }
    if (value.length() <= longest() && form.matcher(value).matches()) {
      return null;
    }
    return limit() > 0 && value.length() > limit()
        ? KeywordProblem.TOO_LONG
        : KeywordProblem.WRONG_FORM;
  }

  /** The first part of the names of its keywords; empty for those that are not in the table. */
  String label() {
    return prefix;
  }

  /** The most characters of a value, as people read the rule; 0 if it depends on the form. */
  int limit() {
    return switch (this) {
      case THING, NAME -> 20;
      case NUMBER, LETTER, CHARACTER_STRING -> 32;
      case SYMBOL, PHRASE -> 5;
      case PHONE_NUMBER -> 17;
      case CAR_NUMBER -> 8;
      case TIME, DATE, AMOUNT, ENUM_STRING, OTHER -> 0;
    };
  }

  /** The patterns count code points; this bound counts UTF-16 units. */
  private int longest() {
    return switch (this) {
      case THING, NAME -> 20;
      case CHARACTER_STRING -> 32;
      default -> Integer.MAX_VALUE;
    };
  }
}
