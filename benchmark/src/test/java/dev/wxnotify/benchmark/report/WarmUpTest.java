package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  @Test
  void of_steadyProcess_countsWhatCameBeforeTheWindow() {
    // 0.8 s to start; 100,000 messages in each round.
    WarmUp warmUp =
        WarmUp.of(
            "server",
            0,
            List.of(
                new WarmUp.Path(
                    "unary", Rounds.after(0.8, 100, 40, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20))));

    assertThat(warmUp.steady()).isTrue();
    assertThat(warmUp.turns()).isEqualTo(2);
    assertThat(warmUp.messages()).isEqualTo(200_000);
    assertThat(warmUp.seconds()).isEqualTo(2);
    assertThat(warmUp.cpuSeconds()).isCloseTo(0.8 + 10 + 4, within(1e-9));
    assertThat(warmUp.excessCpuSeconds()).isCloseTo(0.8 + 8 + 2, within(1e-9));
    assertThat(warmUp.doubt()).isEmpty();
  }

  @Test
  void of_steadinessSeenOneRoundLater_hasTheSameExcess() {
    double early = excess(100, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20);
    double late = excess(100, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20);

    assertThat(late).isCloseTo(early, within(1e-9));
  }

  private static double excess(double... costs) {
    return WarmUp.of("server", 0, List.of(new WarmUp.Path("unary", Rounds.of(costs))))
        .excessCpuSeconds();
  }

  @Test
  void of_oneOfTwoPathsNotSteady_isNotSteadyAndSaysSo() {
    WarmUp warmUp =
        WarmUp.of(
            "server",
            0,
            List.of(
                new WarmUp.Path("unary", Rounds.of(20, 20, 20, 20, 20, 20, 20, 20, 20, 20)),
                new WarmUp.Path("batch", Rounds.of(29, 28, 27, 26, 25, 24, 23, 22, 21, 20))));

    assertThat(warmUp.steady()).isFalse();
    assertThat(warmUp.messages()).isEqualTo(2_000_000);
    assertThat(warmUp.doubt()).isEqualTo("server was not steady after 10 turns");
  }

  @Test
  void of_processThatWasUsedBefore_doesNotCountWhatItUsedThen() {
    WarmUp warmUp =
        WarmUp.of(
            "server",
            50,
            List.of(
                new WarmUp.Path(
                    "unary", Rounds.after(50, 30, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20))));

    assertThat(warmUp.cpuSeconds()).isCloseTo(3, within(1e-9));
  }
}
