package dev.wxnotify.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An HTTP answer, built header by header; nothing is added or checked. */
final class WireAnswer {

  private final StringBuilder head;
  private byte[] body = {};

  private WireAnswer(String statusLine) {
    this.head = new StringBuilder(statusLine).append("\r\n");
  }

  static WireAnswer of(String statusLine) {
    return new WireAnswer(statusLine);
  }

  WireAnswer header(String name, Object value) {
    head.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  WireAnswer body(byte[] body) {
    this.body = body;
    return this;
  }

  /** The status line, the headers and the empty line. */
  byte[] head() {
    return (head + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  byte[] bytes() {
    return join(head(), body);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
