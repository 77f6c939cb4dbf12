package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.Readiness.Report;
import dev.wxnotify.server.delivery.Readiness.Status;
import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpRoutes;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of the monitoring port. A body is not waited for: none of the requests that are
 * answered has one.
 */
final class MonitoringPages implements HttpRoutes {
  private static final String JSON = "application/json";
  private static final Logger log = LoggerFactory.getLogger(MonitoringPages.class);

  private final Readiness readiness;
  private final ServerMeters meters;

  MonitoringPages(Readiness readiness, ServerMeters meters) {
    this.readiness = readiness;
    this.meters = meters;
  }

  @Override
  public HttpAnswer answerHead(HttpRequest head) {
    String uri = head.uri();
    int query = uri.indexOf('?');
    return page(query < 0 ? uri : uri.substring(0, query), head).last();
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
    return CompletableFuture.completedFuture(answerHead(head));
  }

  private HttpAnswer page(String path, HttpRequest head) {
    boolean isKnown = path.equals("/livez") || path.equals("/readyz") || path.equals("/metrics");
    if (!isKnown) {
      return HttpAnswer.text(
          HttpResponseStatus.NOT_FOUND, "not found; the pages are /livez, /readyz and /metrics\n");
    }
    if (!head.method().equals(HttpMethod.HEAD) && !head.method().equals(HttpMethod.GET)) {
      return HttpAnswer.notAllowed("GET, HEAD");
    }
    try {
      return switch (path) {
        case "/livez" -> HttpAnswer.text(HttpResponseStatus.OK, "alive\n");
        case "/readyz" -> ready();
        default -> metrics(head);
      };
    } catch (IOException | RuntimeException e) {
      log.error("{} could not be answered", path, e);
      return HttpAnswer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log\n");
    }
  }

  private HttpAnswer ready() {
    Report report = readiness.report();
    return HttpAnswer.bytes(
        report.status() == Status.NOT_READY
            ? HttpResponseStatus.SERVICE_UNAVAILABLE
            : HttpResponseStatus.OK,
        JSON,
        ReadinessJson.write(report));
  }

  private HttpAnswer metrics(HttpRequest head) throws IOException {
    String accepted = head.headers().get(HttpHeaderNames.ACCEPT, "");
    boolean openMetrics =
        accepted.toLowerCase(Locale.ROOT).contains("application/openmetrics-text");
    ByteBufOutputStream body = new ByteBufOutputStream(Unpooled.buffer());
    meters.write(body, openMetrics);
    return new HttpAnswer(
        HttpResponseStatus.OK,
        openMetrics ? ServerMeters.OPEN_METRICS : ServerMeters.TEXT,
        body.buffer(),
        Map.of(),
        true);
  }
}
