package dev.wxnotify.server.metrics;

import java.time.Duration;
import java.util.stream.LongStream;

/** The upper bounds of histograms. */
final class Buckets {
  /** From the latency of a nearby WeChat to the longest time that a request may take by default. */
  static final Duration[] LATENCY =
      LongStream.of(5, 10, 25, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private Buckets() {}
}
