package dev.wxnotify.server.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wxnotify.server.delivery.Readiness.Report;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes {@code {"status":"degraded","reasons":["redis: …"]}}. */
final class ReadinessJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ReadinessJson() {}

  static byte[] write(Report report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("status", DeliveryMeters.label(report.status()));
      json.writeArrayFieldStart("reasons");
      for (String reason : report.reasons()) {
        json.writeString(reason);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
