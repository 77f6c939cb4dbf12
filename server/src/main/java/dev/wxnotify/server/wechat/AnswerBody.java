package dev.wxnotify.server.wechat;

/** The body of an answer as it came. It may hold anything, so it never shows itself. */
final class AnswerBody {
  private final byte[] bytes;

  AnswerBody(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns the bytes themselves, which nobody changes. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "AnswerBody[" + bytes.length + " bytes]";
  }
}
