package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one connection: one request after another, however many arrive together. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private static final PageAnswer.Whole FAILED =
      PageAnswer.text(500, "The sandbox failed; its log says why.");

  /** A percent sign that begins no escape. */
  private static final Pattern STRAY_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");

  /** What a caller may send ahead of the answers; beyond, nothing is read until one is given. */
  private static final int MOST_WAITING = 1024 * 1024;

  /** What a request takes beside its body, about. */
  private static final int HEAD_SIZE = 1024;

  /**
   * A request.
   *
   * @param own the same as pages see it, if its path is the sandbox's own
   * @param mistake the answer to what is no HTTP; null for a request that is
   */
  private record Waiting(
      Call call, @Nullable PageRequest own, boolean keepAlive, PageAnswer.@Nullable Whole mistake) {

    int size() {
      return HEAD_SIZE + call.body().shared().length;
    }

    boolean isHead() {
      return call.method().equals(HttpMethod.HEAD.name());
    }
  }

  private final Front front;
  private final EventStreams streams;
  private final Counters counters;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int waitingSize;
  private boolean busy;
  private boolean isServing;

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
    waitingSize = 0;
    Runnable end = onEnd;
    onEnd = RequestHandler::nothing;
    end.run();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    Waiting next = read(ctx, request);
    waiting.add(next);
    waitingSize += next.size();
    serveAll(ctx);
  }

  /** In a loop, and not from the end of one request to the next: so no stack grows with them. */
  private void serveAll(ChannelHandlerContext ctx) {
    if (isServing) {
      return;
    }
    isServing = true;
    try {
      for (Waiting next = next(); next != null; next = next()) {
        serve(ctx, next);
      }
    } finally {
      isServing = false;
    }
    ctx.channel().config().setAutoRead(waitingSize <= MOST_WAITING);
  }

  private @Nullable Waiting next() {
    Waiting next = busy ? null : waiting.poll();
    if (next != null) {
      waitingSize -= next.size();
    }
    return next;
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
    if (next.mistake() != null) {
      page(ctx, next, next.mistake());
      return;
    }
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
    serveAll(ctx);
  }

  /** The path and the query. A percent sign without two hex digits stands for itself. */
  static QueryStringDecoder target(HttpRequest request) {
    return new QueryStringDecoder(STRAY_PERCENT.matcher(request.uri()).replaceAll("%25"));
  }

  private static PageAnswer.@Nullable Whole mistake(DecoderResult read) {
    if (read.isSuccess()) {
      return null;
    }
    if (read.cause() instanceof TooLongHttpLineException) {
      return PageAnswer.text(414, "The request line is too long.");
    }
    return read.cause() instanceof TooLongFrameException
        ? PageAnswer.text(431, "The headers are too long.")
        : PageAnswer.text(400, "This is no request of HTTP.");
  }

  private static Waiting read(ChannelHandlerContext ctx, FullHttpRequest request) {
    QueryStringDecoder uri = target(request);
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
    PageAnswer.Whole mistake = mistake(request.decoderResult());
    return new Waiting(call, own, mistake == null && HttpUtil.isKeepAlive(request), mistake);
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
