package dev.wxnotify.benchmark.report;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One thing that was to be reached.
 *
 * @param what in words
 * @param wanted in words
 * @param measured in words
 * @param verdict whether it was reached, by the medians
 * @param reason what makes the figure doubtful, so that it was not judged; empty for nothing
 */
public record Target(String what, String wanted, String measured, Verdict verdict, String reason) {

  /** Whether a target was reached. */
  public enum Verdict {
    /** It was. */
    MET,
    /** It was not. */
    MISSED,
    /** What was measured does not say. */
    NOT_JUDGED,
    /** Nothing was wanted. */
    STATED
  }

  /**
   * Judges a target, unless one of the figures that it is made of is no figure of a steady process.
   */
  public static Target of(
      String what, String wanted, String measured, boolean met, Series... madeOf) {
    return of(what, wanted, measured, met, Stream.of(madeOf).map(Series::doubt));
  }

  /** Judges a target, unless there are doubts; an empty text is none. */
  public static Target of(
      String what, String wanted, String measured, boolean met, Stream<String> doubts) {
    String reason = join(doubts);
    Verdict verdict = met ? Verdict.MET : Verdict.MISSED;
    return new Target(
        what, wanted, measured, reason.isEmpty() ? verdict : Verdict.NOT_JUDGED, reason);
  }

  /** States a figure that nothing was wanted of, and what makes it doubtful. */
  public static Target stated(String what, String measured, Stream<String> doubts) {
    return new Target(what, "stated", measured, Verdict.STATED, join(doubts));
  }

  private static String join(Stream<String> doubts) {
    return doubts.filter(each -> !each.isEmpty()).distinct().collect(Collectors.joining("; "));
  }

  /** Returns the same without a verdict, for this reason. */
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
