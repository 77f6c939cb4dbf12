package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes too early, on a connection without a socket. */
class ConnectionTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final byte[] ANSWER =
      Http.answer(Http.bytes("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1}"));

  private final SlowSocket socket = new SlowSocket();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ConnectionPool pool =
      new ConnectionPool(channel.eventLoop(), 1, new FakeClock().nanos());
  private final Connection connection = new Connection(channel, pool, Long.MAX_VALUE);

  /** Writes no request before the test says so. */
  private static final class SlowSocket extends ChannelOutboundHandlerAdapter {
    private @Nullable ChannelPromise written;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      written = promise;
    }

    void write() {
      Objects.requireNonNull(written, "a request").setSuccess();
    }
  }

  @BeforeEach
  void open() {
    channel.pipeline().addLast(socket, new AnswerDecoder(connection), connection);
  }

  @AfterEach
  void close() {
    pool.close();
    channel.finishAndReleaseAll();
  }

  private CompletableFuture<HttpResult> begin() {
    Exchange exchange =
        new Exchange(
            new RequestTarget(URI.create("http://we.test"), "/", null),
            new byte[2],
            () -> true,
            LONG,
            AnswerSize.SMALL);
    exchange.begin(channel.eventLoop());
    connection.use(exchange);
    return exchange.result();
  }

  private void receive(byte[] bytes) {
    channel.writeInbound(channel.alloc().buffer().writeBytes(bytes));
  }

  /** At once, and not only when it has been idle for long enough. */
  @Test
  void bytes_whileNothingIsUnderWay_endTheConnection() throws Exception {
    CompletableFuture<HttpResult> result = begin();
    socket.write();
    receive(ANSWER);
    assertThat(Await.result(result)).isInstanceOf(HttpResult.Answered.class);
    assertThat(channel.isOpen()).isTrue();

    receive(new byte[1]);

    assertThat(channel.isOpen()).isFalse();
    assertThat(pool.pollOf(channel.eventLoop())).isNull();
  }

  private boolean isKept() {
    return channel.isOpen() && pool.pollOf(channel.eventLoop()) == connection;
  }

  @Test
  void answer_afterTheRequest_isThatOfTheRequest_andTheConnectionIsKept() throws Exception {
    CompletableFuture<HttpResult> result = begin();
    socket.write();

    receive(ANSWER);

    assertThat(Await.result(result)).isInstanceOf(HttpResult.Answered.class);
    assertThat(isKept()).isTrue();
  }

  /** WeChat cannot have accepted what it has not received. */
  @Test
  void answer_beforeTheEndOfTheRequest_isNone() throws Exception {
    CompletableFuture<HttpResult> result = begin();

    receive(ANSWER);

    assertThat(Await.result(result))
        .isEqualTo(new HttpResult.Broken("an answer arrived before the whole request was written"));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void answer_beganBeforeTheEndOfTheRequest_endsTheConnection() throws Exception {
    CompletableFuture<HttpResult> result = begin();
    receive(Arrays.copyOf(ANSWER, 30));
    socket.write();

    receive(Arrays.copyOfRange(ANSWER, 30, ANSWER.length));

    assertThat(Await.result(result)).isInstanceOf(HttpResult.Answered.class);
    assertThat(isKept()).isFalse();
    assertThat(channel.isOpen()).isFalse();
  }
}
