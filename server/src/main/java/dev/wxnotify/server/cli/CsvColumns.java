package dev.wxnotify.server.cli;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SubscribeMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.TypeConversionException;

/**
 * What the columns of a CSV file mean. Those of a subscribe message and those of a flash-sale
 * reminder cannot stand in one file; which of them there are tells the kind of all its rows.
 *
 * <p>Columns without a name, as spreadsheets write them behind the others, must be empty.
 */
final class CsvColumns {
  private static final String DATA = "data.";
  private static final List<String> COMMON =
      List.of("app_id", "open_id", "template_id", "state", "language", "request_id");
  private static final List<String> SUBSCRIBE = List.of("page");
  private static final List<String> SECKILL =
      List.of("goods_name", "time", "corp_id", "customer_id");

  /** Columns whose values are names and not numbers. */
  private static final Set<String> IDS =
      Set.of("app_id", "open_id", "template_id", "request_id", "corp_id", "customer_id");

  private static final String REFORMATTED =
      "what a spreadsheet has made of an id; it is sent as it is";

  /** As where a comma is missing before a text with a comma, which moves the others. */
  private static final String HALF_QUOTED =
      "has a quote within it (if that is right: put it in quotes, and double the one within)";

  /** What stands in other files where a CSV has commas, and how people name it. */
  private static final Map<String, String> OTHER_SEPARATORS =
      Map.of(";", "semicolons", "\t", "tabs", "，", "full-width commas");

  private final List<String> names;
  private final boolean seckill;

  private CsvColumns(List<String> names, boolean seckill) {
    this.names = names;
    this.seckill = seckill;
  }

  /**
   * Reads a header row.
   *
   * @throws UnusableInputException that tells all that is wrong with it
   */
  static CsvColumns of(List<String> header) throws UnusableInputException {
    List<String> names = header.stream().map(CsvColumns::name).toList();
    checkSeparator(names);
    List<String> wrong = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isEmpty()) {
        continue;
      }
      if (hasMark(name)) {
        wrong.add("a byte order mark stands before '" + withoutMark(name) + "'");
      } else if (!isKnown(name)) {
        wrong.add("unknown column '" + name + "'");
      } else if (!seen.add(name)) {
        wrong.add("column '" + name + "' stands there twice");
      }
    }
    boolean seckill = SECKILL.stream().anyMatch(seen::contains);
    boolean data = names.stream().anyMatch(name -> name.startsWith(DATA));
    List<String> required = new ArrayList<>(List.of("open_id"));
    if (seckill) {
      required.addAll(SECKILL);
      if (data || seen.contains("page")) {
        wrong.add("columns of subscribe messages and of flash-sale reminders stand together");
      }
    } else {
      required.add("template_id");
      if (!data) {
        wrong.add("no column 'data.KEYWORD', and none of a flash-sale reminder");
      }
    }
    required.stream()
        .filter(name -> !seen.contains(name))
        .forEach(name -> wrong.add("column '" + name + "' is missing"));
    if (!wrong.isEmpty()) {
      throw new UnusableInputException(
          "the header of the CSV is wrong: "
              + String.join("; ", wrong)
              + " (known: "
              + String.join(", ", COMMON)
              + "; subscribe message: page, data.KEYWORD; flash-sale reminder: "
              + String.join(", ", SECKILL)
              + ")");
    }
    return new CsvColumns(names, seckill);
  }

  /**
   * Whether a row is the header of another file, joined to the first one: the columns may stand in
   * another order from here on.
   */
  static boolean isHeader(List<String> fields) {
    boolean hasOpenId = false;
    for (String field : fields) {
      String name = name(withoutMark(field));
      if (!name.isEmpty() && !isKnown(name)) {
        return false;
      }
      hasOpenId |= name.equals("open_id");
    }
    return hasOpenId;
  }

  /** A joined file brings its byte order mark along. */
  private static String withoutMark(String field) {
    return hasMark(field) ? field.substring(1) : field;
  }

  private static boolean hasMark(String text) {
    return !text.isEmpty() && text.charAt(0) == TextInput.MARK;
  }

  /** Databases write names in capitals. The rest of a keyword's name is WeChat's. */
  private static String name(String field) {
    String name = field.strip();
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith(DATA) ? DATA + name.substring(DATA.length()) : lower;
  }

  private static void checkSeparator(List<String> names) throws UnusableInputException {
    if (names.size() > 1) {
      return;
    }
    for (Map.Entry<String, String> other : OTHER_SEPARATORS.entrySet()) {
      if (names.get(0).contains(other.getKey())) {
        throw new UnusableInputException(
            "the columns of the CSV are separated by "
                + other.getValue()
                + " (expected: commas): save it as CSV UTF-8, comma delimited");
      }
    }
  }

  private static boolean isKnown(String name) {
    return COMMON.contains(name)
        || SUBSCRIBE.contains(name)
        || SECKILL.contains(name)
        || (name.startsWith(DATA) && name.length() > DATA.length());
  }

  /** Returns how many columns there are, up to the last one with a name. */
  int width() {
    int width = names.size();
    while (width > 0 && names.get(width - 1).isEmpty()) {
      width--;
    }
    return width;
  }

  /** Makes the item of one row, or tells all that is wrong with it. */
  Row row(long number, CsvRecord record) {
    long line = record.line();
    List<String> fields = record.fields();
    int count = fields.size();
    while (count > width() && fields.get(count - 1).isBlank()) {
      count--;
    }
    if (count != width()) {
      return Row.Bad.of(number, line, "", count + " fields (expected: " + width() + ")");
    }
    List<Row.Problem> problems = new ArrayList<>();
    List<Row.Problem> doubts = new ArrayList<>();
    BatchSendRequest.Builder request = BatchSendRequest.newBuilder();
    for (int i = 0; i < count; i++) {
      String name = names.get(i);
      try {
        String value = SpreadsheetValue.read(fields.get(i));
        if (IDS.contains(name) && record.halfQuoted().contains(i)) {
          throw new TypeConversionException(HALF_QUOTED);
        }
        set(request, name, value);
        if (IDS.contains(name) && SpreadsheetValue.isReformatted(value)) {
          doubts.add(new Row.Problem(name, "'" + value + "' looks like " + REFORMATTED));
        }
      } catch (TypeConversionException e) {
        String place = name.isEmpty() ? "field " + (i + 1) : name;
        problems.add(new Row.Problem(place, String.valueOf(e.getMessage())));
      }
    }
    return problems.isEmpty()
        ? new Row.Item(number, line, request.build(), doubts)
        : new Row.Bad(number, line, problems);
  }

  /** An empty field says nothing; what the message needs is the server's to say. */
  private void set(BatchSendRequest.Builder request, String name, String value) {
    if (name.isEmpty()) {
      if (!value.isBlank()) {
        throw new TypeConversionException("has a value, and its column has no name");
      }
    } else if (name.equals("request_id")) {
      request.setRequestId(value);
    } else if (seckill) {
      set(request.getSeckillMessageBuilder(), name, value);
    } else {
      set(request.getSubscribeMessageBuilder(), name, value);
    }
  }

  private static void set(SeckillMessage.Builder message, String name, String value) {
    switch (name) {
      case "app_id" -> message.setAppId(value);
      case "open_id" -> message.setOpenId(value);
      case "template_id" -> message.setTemplateId(value);
      case "goods_name" -> message.setGoodsName(value);
      case "time" -> message.setTime(value);
      case "corp_id" -> message.setCorpId(value);
      case "customer_id" -> message.setCustomerId(value);
      case "state" -> message.setMiniProgramState(state(value));
      case "language" -> message.setLanguage(language(value));
      default -> throw new AssertionError(name);
    }
  }

  private static void set(SubscribeMessage.Builder message, String name, String value) {
    switch (name) {
      case "app_id" -> message.setAppId(value);
      case "open_id" -> message.setOpenId(value);
      case "template_id" -> message.setTemplateId(value);
      case "page" -> message.setPage(value);
      case "state" -> message.setMiniProgramState(state(value));
      case "language" -> message.setLanguage(language(value));
      default -> {
        if (!value.isEmpty()) {
          message.putData(name.substring(DATA.length()), value);
        }
      }
    }
  }

  private static MiniProgramState state(String value) {
    return value.isEmpty()
        ? MiniProgramState.MINI_PROGRAM_STATE_UNSPECIFIED
        : new StateConverter().convert(value);
  }

  private static Language language(String value) {
    return value.isEmpty() ? Language.LANGUAGE_UNSPECIFIED : new LanguageConverter().convert(value);
  }

  /**
   * Returns the column of a field of the contract, as the server names it; other fields as they
   * are.
   */
  static String column(String field) {
    String path = field.replaceFirst("^(subscribe_message|seckill_message)\\.", "");
    if (path.equals("mini_program_state")) {
      return "state";
    }
    return path.replaceFirst("^data\\[\"(.*)\"\\]$", "data.$1");
  }
}
