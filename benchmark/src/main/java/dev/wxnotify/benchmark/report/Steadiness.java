package dev.wxnotify.benchmark.report;

import java.util.List;

/**
 * Whether a path costs the same from one round to the next. A JVM compiles what runs often while it
 * runs, so that a message costs ten times as much in the first seconds as after a minute: a figure
 * from that time says how old the process is, and nothing else.
 */
public final class Steadiness {
  /** How many rounds in a row have to cost the same. */
  public static final int WINDOW = 4;

  /** How far from the median a cost may be, as a part of it. */
  public static final double TOLERANCE = 0.05;

  private Steadiness() {}

  /** Returns whether the last {@value #WINDOW} rounds cost what their median says. */
  public static boolean isReached(List<Round> rounds) {
    if (rounds.size() < WINDOW) {
      return false;
    }
    List<Round> last = rounds.subList(rounds.size() - WINDOW, rounds.size());
    double median = median(last);
    return last.stream().allMatch(each -> isWithin(each.cost(), median, each.blur()));
  }

  /** Returns whether the medians of earlier and of later rounds say the same. */
  public static boolean isKept(List<Round> earlier, List<Round> later) {
    double blur = later.stream().mapToDouble(Round::blur).max().orElse(0);
    return isWithin(median(later), median(earlier), blur);
  }

  /** Returns the median cost of at least one round, in microseconds. */
  static double median(List<Round> rounds) {
    return Spread.of(rounds.stream().mapToDouble(Round::cost)).median();
  }

  private static boolean isWithin(double cost, double median, double blur) {
    return Math.abs(cost - median) <= Math.max(TOLERANCE * median, blur);
  }
}
