package dev.wxnotify.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpMessagesTest {
  private static final String MESSAGE =
      "POST / HTTP/1.1\r\nContent-length: 12\r\na: b\r\n\r\nhello, world";

  @Test
  void firstSize_wholeMessageAndPartOfTheNext_isThatOfTheFirst() {
    assertThat(HttpMessages.firstSize(bytes(MESSAGE + "POST"))).isEqualTo(MESSAGE.length());
  }

  @Test
  void firstSize_messageThatIsNotAllThere_isUnknown() {
    for (int length = 0; length < MESSAGE.length(); length++) {
      assertThat(HttpMessages.firstSize(bytes(MESSAGE.substring(0, length)))).isEqualTo(-1);
    }
  }

  @Test
  void firstSize_messageWithoutBody_endsWithItsHead() {
    assertThat(HttpMessages.firstSize(bytes("GET / HTTP/1.1\r\nhost: x\r\n\r\n"))).isEqualTo(27);
  }

  @Test
  void firstSize_afterWhatWasRead_countsFromThere() {
    ByteBuf in = bytes("xx" + MESSAGE);
    in.skipBytes(2);

    assertThat(HttpMessages.firstSize(in)).isEqualTo(MESSAGE.length());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }
}
