package dev.wxnotify.sandbox;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one connection: one request after another, however many arrive together. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private record Waiting(Call call, boolean keepAlive) {}

  private final Function<Call, Answer> answers;
  private final Counters counters;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean busy;

  RequestHandler(Function<Call, Answer> answers, Counters counters) {
    this.answers = answers;
    this.counters = counters;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    counters.connectionOpened();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    counters.connectionClosed();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    Waiting next = new Waiting(call(ctx, request), HttpUtil.isKeepAlive(request));
    if (busy) {
      waiting.add(next);
    } else {
      serve(ctx, next);
    }
  }

  /** A caller that disconnects is normal. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection failed: {}", cause.toString());
    var unused = ctx.close();
  }

  private void serve(ChannelHandlerContext ctx, Waiting next) {
    busy = true;
    log.trace("{}", next.call());
    Answer answer = answers.apply(next.call());
    boolean toHead = next.call().method().equals(HttpMethod.HEAD.name());
    WireScript script = new OddAnswers(answer.headers(), next.keepAlive(), toHead).script(answer);
    Delivery delivery = new Delivery(ctx, answer.beforeWrite(), script, () -> served(ctx));
    if (answer.gate() != null) {
      var unused =
          answer
              .gate()
              .whenComplete(
                  (done, error) -> ctx.executor().execute(() -> run(ctx, answer, delivery)));
    } else {
      run(ctx, answer, delivery);
    }
  }

  private static void run(ChannelHandlerContext ctx, Answer answer, Delivery delivery) {
    if (answer.delay().isZero()) {
      delivery.run();
    } else {
      var unused =
          ctx.executor().schedule(delivery, answer.delay().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void served(ChannelHandlerContext ctx) {
    busy = false;
    Waiting next = waiting.poll();
    if (next != null) {
      serve(ctx, next);
    }
  }

  private static Call call(ChannelHandlerContext ctx, FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> query = new LinkedHashMap<>();
    uri.parameters().forEach((name, values) -> query.put(name, values.get(0)));
    return new Call(
        request.method().name(),
        uri.path(),
        query,
        request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
        new RawBody(ByteBufUtil.getBytes(request.content())),
        ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress().getHostAddress(),
        request instanceof EarlyTrouble.HeadersOnly);
  }
}
