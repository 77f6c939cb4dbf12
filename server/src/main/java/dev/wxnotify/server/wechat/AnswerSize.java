package dev.wxnotify.server.wechat;

/** How large the answer to a request may be, and whether its body is kept. */
enum AnswerSize {
  /** Of a message or a token call: some hundred bytes, of which the known fields are kept. */
  SMALL(64 * 1024, false),

  /** Of any other call, such as a list. The body is kept as it came. */
  LARGE(1024 * 1024, true);

  private final int most;
  private final boolean isKept;

  AnswerSize(int most, boolean isKept) {
    this.most = most;
    this.isKept = isKept;
  }

  /** Returns the largest body, in bytes. */
  int most() {
    return most;
  }

  boolean isKept() {
    return isKept;
  }
}
