package dev.wxnotify.benchmark.load;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts the answers of one load. Thread-safe. */
final class Tally {
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);
  private static final long FINEST = 1_000;
  private static final int DIGITS = 3;

  private final Histogram latencies = new ConcurrentHistogram(FINEST, LONGEST, DIGITS);
  private final AtomicLong errors = new AtomicLong();
  private final AtomicReference<String> firstError = new AtomicReference<>("");
  private final AtomicLong firstNanos = new AtomicLong();
  private volatile long lastNanos;

  /** Records an answer that arrives now; {@code error} is empty for an accepted message. */
  void answered(long sentNanos, String error) {
    long now = System.nanoTime();
    latencies.recordValue(Math.min(Math.max(now - sentNanos, 0), LONGEST));
    lastNanos = now;
    if (firstNanos.get() == 0) {
      firstNanos.compareAndSet(0, now);
    }
    if (!error.isEmpty()) {
      errors.incrementAndGet();
      firstError.compareAndSet("", error);
    }
  }

  LoadResult result() {
    double seconds = Math.max(1, lastNanos - firstNanos.get()) / 1e9;
    ByteBuffer bytes = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
    int length = latencies.encodeIntoCompressedByteBuffer(bytes);
    byte[] encoded = new byte[length];
    bytes.flip().get(encoded);
    return new LoadResult(
        latencies.getTotalCount(),
        errors.get(),
        firstError.get(),
        seconds,
        Base64.getEncoder().encodeToString(encoded));
  }
}
