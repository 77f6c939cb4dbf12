package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SeriesTest {

  @Test
  void checkedBy_sameCostAsBefore_isNotInDoubt() {
    Series series = series("", 20, 20.5, 19.8);

    assertThat(series.checkedBy(Rounds.of(20, 20, 20, 20), 1).doubt()).isEmpty();
  }

  @Test
  void checkedBy_cheaperThanWhenItWasFoundSteady_isInDoubt() {
    Series series = series("", 16, 17, 16);

    assertThat(series.checkedBy(Rounds.of(20, 20, 20, 20), 1).doubt())
        .isEqualTo("server, unary was no longer steady when it was measured");
  }

  @Test
  void checkedBy_inDoubtBefore_keepsTheFirstDoubt() {
    Series series = series("server was not steady", 16, 17, 16);

    assertThat(series.checkedBy(Rounds.of(20, 20, 20, 20), 1).doubt())
        .isEqualTo("server was not steady");
  }

  static Series series(String doubt, double... costs) {
    return new Series(
        DoubleStream.of(costs)
            .mapToObj(
                cost ->
                    new Measurement(
                        "server, unary",
                        Load.closed(Kind.UNARY, 4, 64, 1),
                        100_000,
                        0,
                        "",
                        100_000,
                        cost,
                        1_000,
                        2_000,
                        3_000,
                        4_000,
                        100 << 20,
                        20,
                        4,
                        0))
            .toList(),
        doubt);
  }
}
