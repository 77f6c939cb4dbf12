package dev.wxnotify.benchmark.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The least that a POST costs in Java: the same bytes again and again on connections that stay
 * open, and answers of which nothing is read but where they end.
 */
@Command(name = "bare-http-client")
public final class BareHttpClient implements Runnable {
  private static final String PATH =
      "/cgi-bin/message/subscribe/send?access_token=benchmark-token-0123456789";

  @Option(names = "--port", required = true)
  private int port;

  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ByteBuf request = request();
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
                    channel.pipeline().addLast(new Connection(channel));
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

  private final class Connection extends HttpMessageHandler {
    private final Channel channel;
    private final Queue<Sender.Answered> waiting = new ArrayDeque<>();

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
      waiting.add(answered);
      var ignored = channel.writeAndFlush(request.retainedDuplicate(), channel.voidPromise());
    }

    @Override
    void onMessage(ChannelHandlerContext context, ByteBuf in, int size) {
      Sender.Answered answered = waiting.remove();
      idle.push(this);
      answered.answered("");
    }
  }

  private ByteBuf request() {
    byte[] json = Messages.json();
    String head =
        "POST "
            + PATH
            + " HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bare\r\naccept: */*\r\n"
            + "content-type: application/json; charset=utf-8\r\ncontent-length: "
            + json.length
            + "\r\n\r\n";
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer()
            .writeBytes(head.getBytes(StandardCharsets.US_ASCII))
            .writeBytes(json)
            .asReadOnly());
  }
}
