package dev.wxnotify.sandbox;

/**
 * What came back for a push.
 *
 * @param status the HTTP status; 0 if there was no answer
 * @param text the body, or why there was no answer
 */
record PushReply(int status, String text) {

  static PushReply none(String why) {
    return new PushReply(0, why);
  }

  boolean ok() {
    return status == 200;
  }

  /** The two bodies that ask for nothing more. */
  boolean accepts() {
    return ok() && (text.isEmpty() || text.equals("success"));
  }
}
