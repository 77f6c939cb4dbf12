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
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes and scrapes, before everything else that the monitoring port may have. A body is not
 * waited for: none of them has one.
 */
final class MonitoringPages implements HttpRoutes {
  private static final String JSON = "application/json";
  private static final Logger log = LoggerFactory.getLogger(MonitoringPages.class);

  private final Readiness readiness;
  private final ServerMeters meters;
  private final HttpRoutes others;

  MonitoringPages(Readiness readiness, ServerMeters meters, HttpRoutes others) {
    this.readiness = readiness;
    this.meters = meters;
    this.others = others;
  }

  @Override
  public @Nullable HttpAnswer answerHead(HttpRequest head) {
    String uri = head.uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return switch (path) {
      case "/livez", "/readyz", "/metrics" -> page(path, head).last();
      default -> others.answerHead(head);
    };
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
    return others.answer(head, body);
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body, InetAddress peer) {
    return others.answer(head, body, peer);
  }

  private HttpAnswer page(String path, HttpRequest head) {
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
