package dev.wxnotify.sandbox;

/**
 * WeChat rejects the call. It is an exception, since a call passes many checks in sequence and ends
 * at the first that fails. It has no stack trace, since a fake rejects calls all the time.
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
