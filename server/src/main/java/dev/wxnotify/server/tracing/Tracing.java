package dev.wxnotify.server.tracing;

import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Trace;
import io.grpc.Context;
import io.grpc.ServerInterceptor;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Creates spans: one for each call, and below it one for each attempt to have WeChat take a
 * message. The standard variables configure their sampling, collection and export.
 */
public final class Tracing implements AutoCloseable {
  private static final String NAME = "wxnotify";
  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

  /** How long the stop waits for the collector to accept the remaining spans. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final OpenTelemetrySdk sdk;
  private final CallSpans calls;
  private final MessageSpans messages;

  private Tracing(OpenTelemetrySdk sdk, Context.Key<Trace> key) {
    Tracer tracer = sdk.getTracer(NAME);
    this.sdk = sdk;
    this.calls = new CallSpans(tracer, sdk.getPropagators().getTextMapPropagator(), key);
    this.messages = new MessageSpans(tracer);
  }

  /**
   * Starts tracing.
   *
   * @param key the context key of the trace of the current call
   * @param version the server's version
   * @throws IllegalArgumentException if OpenTelemetry rejects the value of a variable
   */
  public static Tracing start(TracingSettings settings, Context.Key<Trace> key, String version) {
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(settings::properties)
              .addPropertiesCustomizer(
                  config ->
                      Map.of(
                          "otel.traces.exporter", "otlp",
                          "otel.metrics.exporter", "none",
                          "otel.logs.exporter", "none",
                          "otel.exporter.otlp.protocol", "http/protobuf"))
              .addResourceCustomizer((resource, config) -> named(resource, version))
              .build()
              .getOpenTelemetrySdk();
      return new Tracing(sdk, key);
    } catch (ConfigurationException | IllegalArgumentException e) {
      // The text of the exception, and those of its causes, may repeat the value.
      throw new IllegalArgumentException(
          settings.variableOf(e.getMessage()) + ": OpenTelemetry does not accept the value");
    }
  }

  private static Resource named(Resource resource, String version) {
    Resource ours =
        Resource.builder().put("service.name", NAME).put("service.version", version).build();
    String name = resource.getAttribute(SERVICE_NAME);
    return name == null || name.startsWith("unknown_service")
        ? resource.merge(ours)
        : ours.merge(resource);
  }

  /** Returns the interceptor that creates a span for each call. */
  public ServerInterceptor grpcInterceptor() {
    return calls;
  }

  /** Returns the listener that creates a span for each attempt. */
  public DeliveryListener deliveryListener() {
    return messages;
  }

  /** Exports the remaining spans, as far as the collector accepts them in time, and stops. */
  @Override
  public void close() {
    var ignored = sdk.shutdown().join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
