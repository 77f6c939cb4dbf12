package dev.wxnotify.sandbox;

/** The forms of dates and times in WeChat's table, as regular expressions. */
final class Dates {

  private static final String MONTH = "(?:0?[1-9]|1[0-2])";
  private static final String DAY = "(?:0?[1-9]|[12][0-9]|3[01])";
  private static final String YEAR = "[0-9]{4}";
  private static final String CHINESE =
      "(?:%1$s年%2$s月%3$s日|%1$s年%2$s月|%2$s月%3$s日)".formatted(YEAR, MONTH, DAY);
  private static final String JOINED =
      "(?:%1$s[-/.]%2$s(?:[-/.]%3$s)?|%2$s[-/.]%3$s)".formatted(YEAR, MONTH, DAY);
  private static final String DATE = "(?:" + CHINESE + "|" + JOINED + ")";
  private static final String TIME = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?";

  /** A time, with or without a date before it. */
  static final String TIME_WITH_DATE = "(?:" + DATE + " *)?" + TIME;

  /** A date, with or without a time after it. */
  static final String DATE_WITH_TIME = DATE + "(?: *" + TIME + ")?";

  private Dates() {}

  /** One date or time, or two joined with an ASCII tilde; the second may omit the date. */
  static String range(String form) {
    return "(?:%1$s)(?: *~ *(?:%1$s|%2$s))?".formatted(form, TIME);
  }
}
