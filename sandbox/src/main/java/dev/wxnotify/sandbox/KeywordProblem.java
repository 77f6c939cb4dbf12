package dev.wxnotify.sandbox;

import java.util.Locale;

/** Why the value of a keyword is not right, by the sandbox's own rules. */
enum KeywordProblem {
  /** The message does not have the keyword. */
  MISSING("the message does not have it"),
  /** It is empty, or neither text nor a number. */
  EMPTY("it is empty, or neither text nor a number"),
  /** It has more UTF-16 units than the type allows. */
  TOO_LONG("it is too long"),
  /** It has a control character, such as a line break. */
  CONTROL_CHARACTER("it has a control character, such as a line break"),
  /** The template lists the values, and this is none of them. */
  NOT_LISTED("it is none of the values of the template"),
  /** It does not have the form that the type demands. */
  WRONG_FORM("it does not have the form of its type"),
  /** It has a forbidden word. */
  FORBIDDEN_WORD("it has a forbidden word"),
  /** The template does not have the keyword. */
  UNKNOWN("the template does not have it"),
  /** The app has no such template, so nothing can be checked. */
  NO_TEMPLATE("the app has no such template");

  private final String text;

  KeywordProblem(String text) {
    this.text = text;
  }

  /** As JSON shows it, and as keys of texts end: {@code too_long}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In English. */
  String text() {
    return text;
  }
}
