package dev.wxnotify.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** A collector of traces with OTLP over HTTP that keeps what it receives. */
final class OtlpCollector implements AutoCloseable {
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;

  private final HttpServer http;
  private final BlockingQueue<Span> spans = new LinkedBlockingQueue<>();
  private final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();

  OtlpCollector() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/v1/traces", this::take);
    http.start();
  }

  /** Returns the settings that make a server send its traces here. */
  Map<String, String> variables() {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://127.0.0.1:" + http.getAddress().getPort(),
        "OTEL_BSP_SCHEDULE_DELAY",
        "50");
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!"application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
        exchange.sendResponseHeaders(BAD_REQUEST, -1);
        return;
      }
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      try (InputStream raw = exchange.getRequestBody();
          InputStream body = zipped ? new GZIPInputStream(raw) : raw) {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
        requests.add(request);
        for (ResourceSpans resource : request.getResourceSpansList()) {
          for (ScopeSpans scope : resource.getScopeSpansList()) {
            spans.addAll(scope.getSpansList());
          }
        }
      }
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.sendResponseHeaders(OK, answer.length == 0 ? -1 : answer.length);
    }
  }

  /** Waits for this many spans, and returns them in the order of arrival. */
  List<Span> await(int count) throws InterruptedException {
    List<Span> got = new ArrayList<>();
    while (got.size() < count) {
      Span span = spans.poll(20, TimeUnit.SECONDS);
      if (span == null) {
        throw new AssertionError("only " + got.size() + " of " + count + " spans came: " + got);
      }
      got.add(span);
    }
    return got;
  }

  /** Returns the spans that no test has awaited. */
  List<Span> others() {
    return new ArrayList<>(spans);
  }

  /** Returns everything received, as text. */
  String everything() {
    return requests.toString();
  }

  /** Returns the sender's description of itself. */
  Map<String, String> resource() {
    return attributes(requests.get(0).getResourceSpans(0).getResource().getAttributesList());
  }

  static Map<String, String> attributes(Span span) {
    return attributes(span.getAttributesList());
  }

  private static Map<String, String> attributes(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(Collectors.toMap(KeyValue::getKey, attribute -> text(attribute.getValue())));
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> String.valueOf(value.getIntValue());
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      default -> value.toString();
    };
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
