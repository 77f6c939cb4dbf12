package dev.wxnotify.server.cli;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SubscribeMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.TypeConversionException;

/**
 * What the columns of a CSV file mean. Those of a subscribe message and those of a flash-sale
 * reminder cannot stand in one file; which of them there are tells the kind of all its rows.
 */
final class CsvColumns {
  private static final String DATA = "data.";
  private static final List<String> COMMON =
      List.of("app_id", "open_id", "template_id", "state", "language", "request_id");
  private static final List<String> SUBSCRIBE = List.of("page");
  private static final List<String> SECKILL =
      List.of("goods_name", "time", "corp_id", "customer_id");

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
    List<String> names = header.stream().map(String::strip).toList();
    List<String> wrong = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!isKnown(name)) {
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

  private static boolean isKnown(String name) {
    return COMMON.contains(name)
        || SUBSCRIBE.contains(name)
        || SECKILL.contains(name)
        || (name.startsWith(DATA) && name.length() > DATA.length());
  }

  /** Makes the item of one row, or tells all that is wrong with it. */
  Row row(long number, long line, List<String> fields) {
    if (fields.size() != names.size()) {
      return Row.Bad.of(
          number, line, "", fields.size() + " fields (expected: " + names.size() + ")");
    }
    List<Row.Problem> problems = new ArrayList<>();
    BatchSendRequest.Builder request = BatchSendRequest.newBuilder();
    for (int i = 0; i < names.size(); i++) {
      try {
        set(request, names.get(i), fields.get(i));
      } catch (TypeConversionException e) {
        problems.add(new Row.Problem(names.get(i), String.valueOf(e.getMessage())));
      }
    }
    return problems.isEmpty()
        ? new Row.Item(number, line, request.build())
        : new Row.Bad(number, line, problems);
  }

  /** An empty field says nothing; what the message needs is the server's to say. */
  private void set(BatchSendRequest.Builder request, String name, String value) {
    if (name.equals("request_id")) {
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
