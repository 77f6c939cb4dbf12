package dev.wxnotify.server.pages;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wxnotify.server.pages.HistoryState.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.ToLongFunction;

/**
 * Writes a history as the curves need it: a column of times in seconds since 1970, and one of
 * messages per minute for each outcome.
 */
final class HistoryJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final double SECOND_MILLIS = Duration.ofSeconds(1).toMillis();

  /** Messages per minute have one digit after the point. */
  private static final double DIGITS = 10;

  private HistoryJson() {}

  static byte[] write(HistoryState history) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeArrayFieldStart("at");
      for (Sample each : history.samples()) {
        json.writeNumber(each.at().toEpochMilli() / SECOND_MILLIS);
      }
      json.writeEndArray();
      rates(json, "accepted", history, Sample::accepted);
      rates(json, "rejected", history, Sample::rejected);
      rates(json, "not_sent", history, Sample::notSent);
      rates(json, "unknown", history, Sample::unknown);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void rates(
      JsonGenerator json, String name, HistoryState history, ToLongFunction<Sample> count)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Sample each : history.samples()) {
      double millis = Math.max(1, each.length().toMillis());
      double perMinute = count.applyAsLong(each) * MINUTE_MILLIS / millis;
      json.writeNumber(Math.round(perMinute * DIGITS) / DIGITS);
    }
    json.writeEndArray();
  }
}
