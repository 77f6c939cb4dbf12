package dev.wxnotify.benchmark.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * WeChat, as fast as can be: it gives out one token, and takes every message, after a latency that
 * can be set while it runs. It looks at nothing but the path.
 */
@Command(name = "upstream")
public final class Upstream implements Runnable {
  private static final ByteBuf TOKEN =
      answer("{\"access_token\":\"benchmark-token-0123456789\",\"expires_in\":7200}");
  private static final ByteBuf ACCEPTED =
      answer("{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":1988810812324364291}");

  /** {@code POST /cgi-bin/m…} is a message, {@code POST /cgi-bin/s…} and {@code GET …} are not. */
  private static final int TELLING_OFFSET = "POST /cgi-bin/".length();

  @Option(names = "--certificate", description = "Speak TLS, with this chain in PEM.")
  private @Nullable File certificate;

  @Option(names = "--key", description = "Its private key in PEM.")
  private @Nullable File key;

  private final LongAdder messages = new LongAdder();
  private volatile long latencyMillis;

  /**
   * What the benchmark asks of it.
   *
   * @param latencyMillis how long an answer takes from now on
   */
  public record Setting(long latencyMillis) {}

  /**
   * What it saw so far.
   *
   * @param messages sends that it answered
   */
  public record Seen(long messages) {}

  /** The process. */
  public static void main(String[] args) {
    new CommandLine(new Upstream()).execute(args);
  }

  @Override
  public void run() {
    try {
      Channel channel = bind();
      Worker.serve(
          ((InetSocketAddress) channel.localAddress()).getPort(), Setting.class, this::apply);
    } catch (Exception e) {
      throw new IllegalStateException("the upstream failed", e);
    }
  }

  private Seen apply(Setting setting) {
    latencyMillis = setting.latencyMillis;
    return new Seen(messages.sum());
  }

  private Channel bind() throws Exception {
    SslContext tls =
        certificate == null || key == null
            ? null
            : SslContextBuilder.forServer(certificate, key).build();
    Transport transport = Transport.epollOrNio();
    return new ServerBootstrap()
        .group(transport.loops())
        .channel(transport.serverSocket())
        .option(ChannelOption.SO_BACKLOG, 1024)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls != null) {
                  channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(new Handler());
              }
            })
        .bind("127.0.0.1", 0)
        .sync()
        .channel();
  }

  private final class Handler extends HttpMessageHandler {
    @Override
    void onMessage(ChannelHandlerContext context, ByteBuf in, int size) {
      if (in.getByte(in.readerIndex() + TELLING_OFFSET) != 'm') {
        write(context, TOKEN);
        return;
      }
      messages.increment();
      long latency = latencyMillis;
      if (latency == 0) {
        write(context, ACCEPTED);
      } else {
        Runnable later =
            () -> {
              write(context, ACCEPTED);
              context.flush();
            };
        var ignored = context.executor().schedule(later, latency, TimeUnit.MILLISECONDS);
      }
    }

    private void write(ChannelHandlerContext context, ByteBuf answer) {
      var ignored = context.write(answer.retainedDuplicate(), context.voidPromise());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
      var ignored = context.close(); // A server that is killed resets its connections.
    }
  }

  private static ByteBuf answer(String json) {
    String head =
        "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: application/json;"
            + " encoding=utf-8\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n";
    byte[] whole = (head + json).getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(whole.length).writeBytes(whole).asReadOnly());
  }
}
