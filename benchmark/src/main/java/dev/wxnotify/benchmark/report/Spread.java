package dev.wxnotify.benchmark.report;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A figure over several rounds.
 *
 * @param median the middle value, or the mean of the two middle ones
 * @param least the smallest
 * @param most the largest
 */
public record Spread(double median, double least, double most) {

  /** Computes the spread of at least one value. */
  public static Spread of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Writes it as {@code 12.3 (11.9–14.0)}, with this many decimals. */
  public String show(int decimals) {
    String number = "%,." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + "–" + number + ")", median, least, most);
  }
}
