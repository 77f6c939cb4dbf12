package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/** The bytes of answers. */
final class Http {
  private Http() {}

  /** Returns a textbook answer: 200, a length, and that many bytes. */
  static byte[] answer(byte[] body) {
    return answer("200 OK", "", body);
  }

  /**
   * Returns an answer with a correct length.
   *
   * @param headers further headers, each with its end of line
   */
  static byte[] answer(String status, String headers, byte[] body) {
    return join(head(status, headers + "Content-Length: " + body.length + "\r\n"), body);
  }

  /** Returns a status line and these headers, each with its end of line. */
  static byte[] head(String status, String headers) {
    return ("HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/json; encoding=utf-8\r\n"
            + headers
            + "\r\n")
        .getBytes(ISO_8859_1);
  }

  /** Returns the body as one chunk, without the last one. */
  static byte[] chunk(byte[] body) {
    return join(bytes(Integer.toHexString(body.length) + "\r\n"), body, bytes("\r\n"));
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
