package dev.wxnotify.benchmark.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The rounds of one path.
 *
 * @param rounds at least one
 * @param doubt why they are not figures of a steady process; empty if they are
 */
public record Series(List<Measurement> rounds, String doubt) {

  /** Returns what was measured. */
  public String path() {
    return rounds.get(0).path();
  }

  /** Returns the part of the rounds that shows whether they are steady. */
  public List<Round> costs() {
    return rounds.stream().map(Measurement::round).toList();
  }

  /**
   * Returns the same rounds, in doubt where they are cheaper than the rounds before them.
   *
   * @param machine as in {@link Steadiness#isKept}
   */
  public Series checkedBy(List<Round> before, double machine) {
    if (!doubt.isEmpty() || Steadiness.isKept(before, costs(), machine)) {
      return this;
    }
    return new Series(rounds, path() + " was no longer steady when it was measured");
  }

  /** Returns one figure of all rounds. */
  public Spread of(ToDoubleFunction<Measurement> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure));
  }

  /**
   * Returns a ratio of figures, computed per round, since a round's noise affects all its paths.
   */
  public Spread ratio(ToDoubleFunction<Measurement> figure, Series... sumOf) {
    return Spread.of(
        IntStream.range(0, rounds.size())
            .mapToDouble(
                i -> {
                  double sum = 0;
                  for (Series part : sumOf) {
                    sum += figure.applyAsDouble(part.rounds.get(i));
                  }
                  return figure.applyAsDouble(rounds.get(i)) / sum;
                }));
  }

  /** Returns the errors of all rounds. */
  public long errors() {
    return rounds.stream().mapToLong(Measurement::errors).sum();
  }
}
