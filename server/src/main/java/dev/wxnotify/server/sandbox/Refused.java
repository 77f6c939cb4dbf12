package dev.wxnotify.server.sandbox;

/**
 * WeChat says no. An exception, since a call passes many checks one after the other and ends at the
 * first that fails; without a stack trace, since refusals are the daily bread of a fake.
 */
final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  private final int errcode;
  private final String text;

  Refused(int errcode) {
    this(errcode, ErrorTexts.of(errcode));
  }

  Refused(int errcode, String text) {
    super(errcode + " " + text, null, false, false);
    this.errcode = errcode;
    this.text = text;
  }

  int errcode() {
    return errcode;
  }

  String text() {
    return text;
  }
}
