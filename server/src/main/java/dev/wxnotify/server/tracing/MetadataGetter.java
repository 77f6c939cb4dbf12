package dev.wxnotify.server.tracing;

import io.grpc.Metadata;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/** Reads the headers that carry traces. */
enum MetadataGetter implements TextMapGetter<Metadata> {
  INSTANCE;

  private static final String BINARY = "-bin";

  @Override
  public @Nullable String get(@Nullable Metadata headers, String key) {
    return headers == null || key.endsWith(BINARY)
        ? null
        : headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
  }
}
