package dev.wxnotify.benchmark.load;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The result of a load.
 *
 * @param messages how many were answered, accepted or not
 * @param errors how many of them were not accepted
 * @param firstError the first error; empty if there was none
 * @param seconds the time from the first answer to the last; all but the first arrived in it
 * @param latencies HdrHistogram's compressed form, in base64, in nanoseconds
 */
public record LoadResult(
    long messages, long errors, String firstError, double seconds, String latencies) {

  /** Returns messages per second. */
  public double perSecond() {
    return (messages - 1) / seconds;
  }

  /** Decodes the latencies, in nanoseconds. */
  public Histogram histogram() {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(latencies)), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("a worker wrote a histogram that cannot be read", e);
    }
  }
}
