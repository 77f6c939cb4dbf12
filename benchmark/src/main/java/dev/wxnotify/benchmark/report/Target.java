package dev.wxnotify.benchmark.report;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One goal of a scenario.
 *
 * @param what the goal, in words
 * @param wanted the required value, in words
 * @param measured the measured value, in words
 * @param verdict whether it was reached, by the medians
 * @param reason why the figure is doubtful and was not judged; empty if it is not
 */
public record Target(String what, String wanted, String measured, Verdict verdict, String reason) {

  /** Whether a target was reached. */
  public enum Verdict {
    /** It was reached. */
    MET,
    /** It was not reached. */
    MISSED,
    /** The measurement does not show it. */
    NOT_JUDGED,
    /** There was no required value. */
    STATED
  }

  /** Judges a target, unless one of its figures is not from a steady process. */
  public static Target of(
      String what, String wanted, String measured, boolean met, Series... madeOf) {
    return of(what, wanted, measured, met, Stream.of(madeOf).map(Series::doubt));
  }

  /** Judges a target, unless there are doubts; an empty text is not a doubt. */
  public static Target of(
      String what, String wanted, String measured, boolean met, Stream<String> doubts) {
    String reason = join(doubts);
    Verdict verdict = met ? Verdict.MET : Verdict.MISSED;
    return new Target(
        what, wanted, measured, reason.isEmpty() ? verdict : Verdict.NOT_JUDGED, reason);
  }

  /** States a figure without a required value, and what makes it doubtful. */
  public static Target stated(String what, String measured, Stream<String> doubts) {
    return new Target(what, "stated", measured, Verdict.STATED, join(doubts));
  }

  private static String join(Stream<String> doubts) {
    return doubts.filter(each -> !each.isEmpty()).distinct().collect(Collectors.joining("; "));
  }

  /** Returns the same target without a verdict, for this reason. */
  public Target notJudged(String why) {
    Verdict none = verdict == Verdict.STATED ? Verdict.STATED : Verdict.NOT_JUDGED;
    return new Target(what, wanted, measured, none, why);
  }

  /** Returns the verdict in words. */
  String inWords() {
    return switch (verdict) {
      case MET -> "yes";
      case MISSED -> "no";
      case NOT_JUDGED -> "not judged: " + reason;
      case STATED -> reason.isEmpty() ? "–" : "doubtful: " + reason;
    };
  }
}
