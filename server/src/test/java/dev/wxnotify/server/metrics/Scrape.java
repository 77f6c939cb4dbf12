package dev.wxnotify.server.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The content of {@code /metrics}, in Prometheus' text format. */
public final class Scrape {
  private final String text;
  private final Map<String, Double> values = new LinkedHashMap<>();

  /** Parses a text; a duplicate series is an error. */
  public Scrape(String text) {
    this.text = text;
    text.lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              String series = line.substring(0, space);
              if (values.put(series, Double.valueOf(line.substring(space + 1))) != null) {
                throw new AssertionError("twice: " + series);
              }
            });
  }

  static Scrape of(ServerMeters meters) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      meters.write(out, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Scrape(out.toString(StandardCharsets.UTF_8));
  }

  /** Returns the whole text. */
  public String text() {
    return text;
  }

  /** Returns the value of one series, written as in the text. */
  public double value(String series) {
    Double value = values.get(series);
    if (value == null) {
      throw new AssertionError("no series " + series + " in\n" + text);
    }
    return value;
  }

  /** Returns the names of all series, without labels. */
  public Set<String> names() {
    return values.keySet().stream()
        .map(Scrape::nameOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the series with one name. */
  public List<String> series(String name) {
    return values.keySet().stream().filter(series -> nameOf(series).equals(name)).toList();
  }

  private static String nameOf(String series) {
    int brace = series.indexOf('{');
    return brace < 0 ? series : series.substring(0, brace);
  }

  /** Returns the counters and gauges with a prefix whose value has changed, and by how much. */
  Map<String, Double> since(Scrape before, String prefix) {
    Map<String, Double> moved = new LinkedHashMap<>();
    values.forEach(
        (series, value) -> {
          double difference = value - before.values.getOrDefault(series, 0.0);
          boolean isOfAProcess = series.startsWith("wxnotify_netty");
          if (series.startsWith(prefix) && !isOfAProcess && difference != 0) {
            moved.put(series, difference);
          }
        });
    return moved;
  }
}
