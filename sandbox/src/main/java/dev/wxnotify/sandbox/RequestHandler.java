package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one connection: one request after another, however many arrive together. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private static final PageAnswer.Whole FAILED =
      PageAnswer.text(500, "The sandbox failed; its log says why.");

  /**
   * A request.
   *
   * @param own the same as pages see it, if its path is the sandbox's own
   */
  private record Waiting(Call call, @Nullable PageRequest own, boolean keepAlive) {

    boolean isHead() {
      return call.method().equals(HttpMethod.HEAD.name());
    }
  }

  private final Front front;
  private final EventStreams streams;
  private final Counters counters;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean busy;

  /** What to do if the connection ends now. */
  private Runnable onEnd = RequestHandler::nothing;

  RequestHandler(Front front, EventStreams streams, Counters counters) {
    this.front = front;
    this.streams = streams;
    this.counters = counters;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    counters.connectionOpened();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    counters.connectionClosed();
    waiting.clear();
    Runnable end = onEnd;
    onEnd = RequestHandler::nothing;
    end.run();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    Waiting next = read(ctx, request);
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
    give(ctx, next, front.reply(next.call(), next.own()));
  }

  private void give(ChannelHandlerContext ctx, Waiting next, Reply reply) {
    if (reply instanceof Answer answer) {
      answer(ctx, next, answer);
    } else if (reply instanceof Reply.Later later) {
      await(ctx, next, later);
    } else if (reply instanceof Reply.Page page) {
      page(ctx, next, page.answer());
    }
  }

  private void answer(ChannelHandlerContext ctx, Waiting next, Answer answer) {
    WireScript script =
        new OddAnswers(answer.headers(), next.keepAlive(), next.isHead()).script(answer);
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

  private void await(ChannelHandlerContext ctx, Waiting next, Reply.Later later) {
    onEnd = later.abandon();
    var unused =
        later
            .reply()
            .whenComplete(
                (reply, error) -> ctx.executor().execute(() -> arrived(ctx, next, reply, error)));
  }

  private void arrived(
      ChannelHandlerContext ctx, Waiting next, @Nullable Reply reply, @Nullable Throwable error) {
    onEnd = RequestHandler::nothing;
    if (!ctx.channel().isActive()) {
      return;
    }
    if (reply != null) {
      try {
        give(ctx, next, reply);
      } catch (RuntimeException e) {
        exceptionCaught(ctx, e); // Else the connection would wait for ever.
      }
      return;
    }
    if (!(error instanceof CancellationException)) {
      log.warn("{} failed", next.call(), error);
    }
    page(ctx, next, FAILED);
  }

  private void page(ChannelHandlerContext ctx, Waiting next, PageAnswer answer) {
    if (answer instanceof PageAnswer.Whole whole) {
      WireScript script;
      try {
        script = PageWriter.script(whole, next.keepAlive(), next.isHead());
      } catch (IllegalArgumentException e) {
        log.warn("{} has an answer that cannot be written", next.call(), e);
        script = PageWriter.script(FAILED, next.keepAlive(), next.isHead());
      }
      new Delivery(ctx, RequestHandler::nothing, script, () -> served(ctx)).run();
    } else if (answer instanceof PageAnswer.Stream stream) {
      stream(ctx, next, stream);
    }
  }

  private void stream(ChannelHandlerContext ctx, Waiting next, PageAnswer.Stream stream) {
    byte[] head = PageWriter.head(stream);
    if (next.isHead()) {
      WireScript script = new WireScript(false).send(head).end();
      new Delivery(ctx, RequestHandler::nothing, script, RequestHandler::nothing).run();
    } else if (streams.enter()) {
      EventStream events = new EventStream(ctx, streams);
      onEnd = events::gone;
      events.begin(head, stream.source());
    } else {
      page(ctx, next, EventStreams.TOO_MANY);
    }
  }

  private void served(ChannelHandlerContext ctx) {
    busy = false;
    Waiting next = waiting.poll();
    if (next != null) {
      serve(ctx, next);
    }
  }

  private static Waiting read(ChannelHandlerContext ctx, FullHttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> query = new LinkedHashMap<>();
    uri.parameters().forEach((name, values) -> query.put(name, values.get(0)));
    InetAddress peer = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    Call call =
        new Call(
            request.method().name(),
            uri.path(),
            query,
            request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
            new RawBody(ByteBufUtil.getBytes(request.content())),
            peer.getHostAddress(),
            request instanceof EarlyTrouble.HeadersOnly);
    PageRequest own =
        Front.owns(call.path())
            ? PageRequest.of(
                call.method(), request.uri(), byName(request.headers()), call.body().shared(), peer)
            : null;
    return new Waiting(call, own, HttpUtil.isKeepAlive(request));
  }

  /** Several of one name are joined, as {@link PageRequest} demands. */
  private static Map<String, String> byName(HttpHeaders headers) {
    Map<String, String> byName = new LinkedHashMap<>();
    headers.forEach(
        header -> {
          String name = header.getKey().toLowerCase(Locale.ROOT);
          String glue = name.equals("cookie") ? "; " : ", ";
          byName.merge(name, header.getValue(), (one, other) -> one + glue + other);
        });
    return byName;
  }

  private static void nothing() {}
}
