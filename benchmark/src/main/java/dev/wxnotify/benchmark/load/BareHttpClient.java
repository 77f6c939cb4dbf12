package dev.wxnotify.benchmark.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The least that a POST costs in Java: Netty's HTTP codec and nothing else, on connections that
 * stay open. The body is the same bytes again and again, and the answer is not looked at.
 */
@Command(name = "bare-http-client")
public final class BareHttpClient implements Runnable {
  private static final String PATH =
      "/cgi-bin/message/subscribe/send?access_token=benchmark-token-0123456789";

  @Option(names = "--port", required = true)
  private int port;

  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ByteBuf json =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(Messages.json()).asReadOnly());
  private Bootstrap bootstrap = new Bootstrap();
  private int open;

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new BareHttpClient()).execute(args);
  }

  @Override
  public void run() {
    bootstrap =
        new Bootstrap()
            .group(EventLoops.make(Runtime.getRuntime().availableProcessors()))
            .channel(EventLoops.socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new Connection(channel));
                  }
                });
    try {
      Worker.serve(0, Load.class, this::run);
    } catch (Exception e) {
      throw new IllegalStateException("the load broke", e);
    }
  }

  private LoadResult run(Load load) throws Exception {
    for (; open < load.connections(); open++) {
      Channel channel = bootstrap.connect("127.0.0.1", port).sync().channel();
      idle.push(channel.pipeline().get(Connection.class));
    }
    return load.perSecond() > 0 ? OpenLoop.run(this::send, load) : ClosedLoop.run(this::send, load);
  }

  /**
   * Sends on the connection that was answered last, whose thread this most often is. The load has
   * as many connections as messages in flight; an open loop that stalls fails, and says so.
   */
  private void send(long index, Sender.Answered answered) {
    Connection connection = idle.poll();
    if (connection == null) {
      answered.answered("all connections are busy");
    } else {
      connection.send(answered);
    }
  }

  private final class Connection extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel channel;
    private Sender.@Nullable Answered waiting;

    Connection(Channel channel) {
      this.channel = channel;
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
        idle.push(this);
        answered.answered("");
      }
    }
  }
}
