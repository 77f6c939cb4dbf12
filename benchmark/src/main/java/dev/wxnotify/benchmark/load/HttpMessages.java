package dev.wxnotify.benchmark.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds the messages in a stream of HTTP/1.1: requests or answers with a length. It knows nothing
 * else of HTTP, and is meant for the peers in this benchmark.
 */
final class HttpMessages {
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final int LOWER_CASE = 0x20;

  private HttpMessages() {}

  /** Returns the size of the message that begins at the reader index; -1 if it is not complete. */
  static int firstSize(ByteBuf in) {
    int begin = in.readerIndex();
    int end = in.writerIndex();
    int body = 0;
    int line = begin;
    while (true) {
      int next = in.indexOf(line, end, (byte) '\n');
      if (next < 0) {
        return -1;
      }
      if (next - line <= 1) { // The empty line ends the head.
        int size = next + 1 + body - begin;
        return size <= end - begin ? size : -1;
      }
      if (isLength(in, line, next)) {
        body = number(in, line + LENGTH.length, next);
      }
      line = next + 1;
    }
  }

  private static boolean isLength(ByteBuf in, int line, int end) {
    if (end - line <= LENGTH.length) {
      return false;
    }
    for (int i = 0; i < LENGTH.length; i++) {
      if ((in.getByte(line + i) | LOWER_CASE) != (LENGTH[i] | LOWER_CASE)) {
        return false;
      }
    }
    return true;
  }

  private static int number(ByteBuf in, int begin, int end) {
    int number = 0;
    for (int i = begin; i < end; i++) {
      byte digit = in.getByte(i);
      if (digit >= '0' && digit <= '9') {
        number = number * 10 + digit - '0';
      }
    }
    return number;
  }
}
