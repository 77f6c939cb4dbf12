package dev.wxnotify.server.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a client that is slow is taken for gone. Time passes, and the client reads, on demand. */
final class StreamingTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final byte[] EVENT = "data: one\n\n".getBytes(US_ASCII);

  private final Client client = new Client();
  private final ChannelInboundHandlerAdapter ours = new ChannelInboundHandlerAdapter();
  private final EmbeddedChannel channel = new EmbeddedChannel(client, ours);
  private final AtomicInteger closed = new AtomicInteger();
  private final Streaming streaming =
      new Streaming(
          channel.pipeline().context(ours), new HttpPort.Streams(1, HEARTBEAT, Integer.MAX_VALUE));

  /** Reads the head at once, and else what the test says. */
  private static final class Client extends ChannelOutboundHandlerAdapter {
    private final Queue<ChannelPromise> unread = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
      ReferenceCountUtil.release(message);
      unread.add(written);
    }

    void read() {
      var ignored = unread.remove().setSuccess();
    }
  }

  @BeforeEach
  void begin() {
    channel.freezeTime();
    streaming.begin(
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK),
        sink -> closed::incrementAndGet);
    client.read();
  }

  @AfterEach
  void end() {
    var ignored = channel.close();
    streaming.gone();
  }

  private void send() {
    assertThat(streaming.send(EVENT)).isTrue();
    channel.runPendingTasks();
  }

  private void heartbeat() {
    channel.advanceTimeBy(HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
    channel.runPendingTasks();
  }

  @Test
  void clientThatReadsNothing_isDroppedAtTheNextHeartbeat() {
    send();
    heartbeat();
    assertThat(channel.isOpen()).isTrue();
    heartbeat();

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void clientThatReadsSlowly_isKept_thoughSomethingAlwaysWaits() {
    send();
    send();
    for (int i = 0; i < 3; i++) {
      heartbeat();
      client.read();
    }

    assertThat(client.unread).isNotEmpty();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void clientThatReadsNothing_isDropped_whereTheSourceHasEnded() {
    send();
    streaming.close();
    channel.runPendingTasks();
    assertThat(closed).hasValue(1);
    assertThat(channel.isOpen()).isTrue();
    heartbeat();
    heartbeat();

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void clientThatReadsTheRest_seesTheEnd() {
    send();
    streaming.close();
    channel.runPendingTasks();
    client.read();
    assertThat(channel.isOpen()).isTrue();
    client.read();

    assertThat(channel.isOpen()).isFalse();
    assertThat(closed).hasValue(1);
  }
}
