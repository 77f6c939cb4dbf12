package dev.wxnotify.benchmark.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The rounds of one path.
 *
 * @param rounds at least one
 */
public record Series(List<Measurement> rounds) {

  /** Returns what was measured. */
  public String path() {
    return rounds.get(0).path();
  }

  /** Returns one figure of all rounds. */
  public Spread of(ToDoubleFunction<Measurement> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure));
  }

  /** Returns a ratio of figures, taken round by round, since a round's noise hits all its paths. */
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
