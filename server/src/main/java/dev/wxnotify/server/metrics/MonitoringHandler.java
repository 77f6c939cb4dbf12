package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.Readiness.Report;
import dev.wxnotify.server.delivery.Readiness.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the one request of a connection, as soon as its head is there, and closes it. A body is
 * not waited for: none of the requests that are answered has one.
 */
final class MonitoringHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final Logger log = LoggerFactory.getLogger(MonitoringHandler.class);

  private final Readiness readiness;
  private final ServerMeters meters;
  private boolean answered;

  MonitoringHandler(Readiness readiness, ServerMeters meters) {
    this.readiness = readiness;
    this.meters = meters;
  }

  private record Answer(HttpResponseStatus status, String contentType, ByteBuf body) {
    static Answer text(HttpResponseStatus status, String text) {
      return new Answer(
          status, PLAIN, Unpooled.copiedBuffer(text + "\n", StandardCharsets.US_ASCII));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (answered || !(part instanceof HttpRequest request)) {
      return;
    }
    answered = true;
    boolean isHead = request.method().equals(HttpMethod.HEAD);
    Answer answer = answer(request, isHead);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, answer.status, isHead ? Unpooled.EMPTY_BUFFER : answer.body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body.readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (answer.status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (isHead) {
      answer.body.release();
    }
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private Answer answer(HttpRequest request, boolean isHead) {
    if (request.decoderResult().isFailure()) {
      return Answer.text(HttpResponseStatus.BAD_REQUEST, "bad request");
    }
    String uri = request.uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    boolean isKnown = path.equals("/livez") || path.equals("/readyz") || path.equals("/metrics");
    if (!isKnown) {
      return Answer.text(
          HttpResponseStatus.NOT_FOUND, "not found; the pages are /livez, /readyz and /metrics");
    }
    if (!isHead && !request.method().equals(HttpMethod.GET)) {
      return Answer.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and HEAD only");
    }
    try {
      return switch (path) {
        case "/livez" -> Answer.text(HttpResponseStatus.OK, "alive");
        case "/readyz" -> ready();
        default -> metrics(request);
      };
    } catch (IOException | RuntimeException e) {
      log.error("{} could not be answered", path, e);
      return Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log");
    }
  }

  private Answer ready() {
    Report report = readiness.report();
    return new Answer(
        report.status() == Status.NOT_READY
            ? HttpResponseStatus.SERVICE_UNAVAILABLE
            : HttpResponseStatus.OK,
        JSON,
        Unpooled.wrappedBuffer(ReadinessJson.write(report)));
  }

  private Answer metrics(HttpRequest request) throws IOException {
    String accepted = request.headers().get(HttpHeaderNames.ACCEPT, "");
    boolean openMetrics =
        accepted.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    ByteBufOutputStream body = new ByteBufOutputStream(Unpooled.buffer());
    meters.write(body, openMetrics);
    return new Answer(
        HttpResponseStatus.OK,
        openMetrics ? ServerMeters.OPEN_METRICS : ServerMeters.TEXT,
        body.buffer());
  }

  /** A client that is gone, or speaks no HTTP; what it said is of no interest. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
    log.debug("a monitoring connection failed: {}", fault.toString());
    var ignored = context.close();
  }
}
