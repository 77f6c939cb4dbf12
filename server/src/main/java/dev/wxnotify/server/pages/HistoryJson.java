package dev.wxnotify.server.pages;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wxnotify.server.pages.HistoryState.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Writes a history as the curves need it: a column of times in seconds since 1970, and for each
 * outcome one of the messages in the minute before each time. A sample is shorter than a minute:
 * its count, made a rate, would be higher than what was ever sent.
 */
final class HistoryJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final double SECOND_MILLIS = Duration.ofSeconds(1).toMillis();

  /** Counts have one digit after the point. */
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
    for (int place = 0; place < history.samples().size(); place++) {
      double messages = inTheMinuteBefore(history.samples(), place, count);
      json.writeNumber(Math.round(messages * DIGITS) / DIGITS);
    }
    json.writeEndArray();
  }

  private static double inTheMinuteBefore(
      List<Sample> samples, int place, ToLongFunction<Sample> count) {
    double sum = 0;
    double left = MINUTE_MILLIS;
    for (int each = place; each >= 0 && left > 0; each--) {
      double millis = Math.max(1, samples.get(each).length().toMillis());
      // Of a sample that began earlier, its share.
      sum += count.applyAsLong(samples.get(each)) * Math.min(1, left / millis);
      left -= millis;
    }
    return sum;
  }
}
