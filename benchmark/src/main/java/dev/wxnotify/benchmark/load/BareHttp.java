package dev.wxnotify.benchmark.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The minimum that posts a message in Java: Netty's HTTP codec and nothing else, on connections
 * that stay open. The body is always the same bytes, and the answer is ignored.
 */
final class BareHttp implements Sender {
  private static final String PATH =
      "/cgi-bin/message/subscribe/send?access_token=benchmark-token-0123456789";

  private final Bootstrap bootstrap;
  private final List<Idle> idle = new ArrayList<>();
  private final ByteBuf json =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(Messages.json()).asReadOnly());
  private final AtomicInteger turn = new AtomicInteger();
  private int open;

  /**
   * Creates a client without connections.
   *
   * @param loops of this transport; a sender that runs on one of them is served by that one
   */
  BareHttp(int port, Transport transport, MultiThreadIoEventLoopGroup loops) {
    loops.forEach(loop -> idle.add(new Idle(loop, new ConcurrentLinkedDeque<>())));
    this.bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(transport.socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress("127.0.0.1", port)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new Connection(channel));
                  }
                });
  }

  /** Opens connections up to this number. */
  void connect(int connections) throws InterruptedException {
    for (; open < connections; open++) {
      Channel channel = bootstrap.connect().sync().channel();
      Connection connection = channel.pipeline().get(Connection.class);
      connection.idle.connections.push(connection);
    }
  }

  /**
   * Sends on the connection of this thread that was answered last, so that no other thread is
   * woken, or else on the threads in turn. There are as many connections as messages in flight; an
   * open loop that stalls fails with an error.
   */
  @Override
  public void send(long index, Answered answered) {
    Connection connection = nearest();
    if (connection == null) {
      answered.answered("all connections are busy");
    } else {
      connection.send(answered);
    }
  }

  private @Nullable Connection nearest() {
    int first = Math.floorMod(turn.getAndIncrement(), idle.size());
    for (int i = 0; i < idle.size(); i++) {
      if (idle.get(i).loop.inEventLoop()) {
        first = i;
      }
    }
    Connection found = null;
    for (int i = 0; found == null && i < idle.size(); i++) {
      found = idle.get((first + i) % idle.size()).connections.poll();
    }
    return found;
  }

  /** The connections of one event loop that have no message in flight, last used first. */
  private record Idle(EventExecutor loop, ConcurrentLinkedDeque<Connection> connections) {}

  private final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;
    private final Idle idle;
    private Sender.@Nullable Answered waiting;

    Connection(Channel channel) {
      this.channel = channel;
      this.idle =
          BareHttp.this.idle.stream()
              .filter(each -> each.loop == channel.eventLoop())
              .findFirst()
              .orElseThrow();
    }

    void send(Sender.Answered answered) {
      if (channel.eventLoop().inEventLoop()) {
        write(answered);
      } else {
        channel.eventLoop().execute(() -> write(answered));
      }
    }

    private void write(Sender.Answered answered) {
      waiting = answered;
      DefaultFullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.POST, PATH, json.retainedDuplicate());
      request
          .headers()
          .set(HttpHeaderNames.HOST, "127.0.0.1")
          .set(HttpHeaderNames.ACCEPT, "*/*")
          .set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
          .set(HttpHeaderNames.CONTENT_LENGTH, json.readableBytes());
      var ignored = channel.writeAndFlush(request, channel.voidPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (part instanceof LastHttpContent) {
        Sender.Answered answered = Objects.requireNonNull(waiting);
        idle.connections.push(this);
        answered.answered("");
      }
    }
  }
}
