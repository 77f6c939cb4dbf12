package dev.wxnotify.benchmark.report;

import java.util.List;

/**
 * Whether a path costs the same from one round to the next. A JVM compiles frequent code while it
 * runs, so that a message costs ten times as much in the first seconds as after a minute: a figure
 * from that time only shows how old the process is.
 *
 * <p>Single rounds differ by more than that on most machines, even if the process has nothing left
 * to compile. So medians of several rounds are compared: noise goes both ways, and a process that
 * still compiles gets cheaper.
 */
public final class Steadiness {
  /** How many consecutive rounds show it: the later half must cost the same as the earlier one. */
  public static final int WINDOW = 10;

  /** How far a median may differ from an earlier one, as a fraction of it. */
  public static final double TOLERANCE = 0.05;

  private Steadiness() {}

  /** Returns whether the two halves of the last {@value #WINDOW} rounds have the same median. */
  public static boolean isReached(List<Round> rounds) {
    if (rounds.size() < WINDOW) {
      return false;
    }
    List<Round> last = rounds.subList(rounds.size() - WINDOW, rounds.size());
    List<Round> later = last.subList(WINDOW / 2, WINDOW);
    double before = median(last.subList(0, WINDOW / 2));
    return Math.abs(median(later) - before) <= allowed(before, later);
  }

  /**
   * Returns whether later rounds are no cheaper than earlier ones, by their medians.
   *
   * @param machine how much less a message costs on all paths by now, as a factor: what changed for
   *     all of them is the speed of the machine
   */
  public static boolean isKept(List<Round> earlier, List<Round> later, double machine) {
    double before = machine * median(earlier);
    return before - median(later) <= allowed(before, later);
  }

  /** Returns what a message costs in later rounds, as a multiple of its cost in earlier ones. */
  public static double change(List<Round> earlier, List<Round> later) {
    return median(later) / median(earlier);
  }

  private static double allowed(double before, List<Round> later) {
    double blur = later.stream().mapToDouble(Round::blur).max().orElse(0);
    return Math.max(TOLERANCE * before, blur);
  }

  /** Returns the median cost of at least one round, in microseconds. */
  static double median(List<Round> rounds) {
    return Spread.of(rounds.stream().mapToDouble(Round::cost)).median();
  }
}
