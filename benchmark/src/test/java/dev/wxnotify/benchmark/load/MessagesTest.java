package dev.wxnotify.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.v1.SendSubscribeMessageRequest;
import org.junit.jupiter.api.Test;

/** The floors and the paths are comparable only if all carry the same message. */
class MessagesTest {

  @Test
  void sizes_areThoseThatTheManualStates() {
    var request =
        SendSubscribeMessageRequest.newBuilder().setMessage(Messages.proto(1_234_567)).build();

    assertThat(Messages.json()).hasSize(366);
    assertThat(request.getSerializedSize()).isEqualTo(242);
  }

  @Test
  void openIds_ofTwoMessages_differ() {
    assertThat(Messages.proto(12).getOpenId())
        .hasSize(28)
        .isNotEqualTo(Messages.proto(120).getOpenId());
  }

  @Test
  void wxJava_sendsTheSameJson() {
    assertThat(Messages.wxJava(0).toJson().length())
        .isCloseTo(
            new String(Messages.json(), java.nio.charset.StandardCharsets.UTF_8).length(),
            org.assertj.core.data.Offset.offset(2));
  }
}
