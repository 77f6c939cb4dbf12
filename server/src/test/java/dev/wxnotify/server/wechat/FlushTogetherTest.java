package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class FlushTogetherTest {
  private final EmbeddedChannel connection = new EmbeddedChannel(new FlushTogether());

  @Test
  void requestGoesOutWhenTheLoopIsDoneWithWhatItDoesNow() {
    send("request");
    assertThat(connection.outboundMessages()).as("at once").isEmpty();

    connection.runPendingTasks();

    assertThat(connection.outboundMessages()).containsExactly("request");
  }

  @Test
  void nextRequestGoesOutToo() {
    send("first");
    connection.runPendingTasks();
    send("second");
    connection.runPendingTasks();

    assertThat(connection.outboundMessages()).containsExactly("first", "second");
  }

  @Test
  void partsOfOneRequestGoOutInTheirOrder() {
    send("headers");
    send("body");

    connection.runPendingTasks();

    assertThat(connection.outboundMessages()).containsExactly("headers", "body");
  }

  private void send(String part) {
    var ignored = connection.pipeline().writeAndFlush(part);
  }
}
