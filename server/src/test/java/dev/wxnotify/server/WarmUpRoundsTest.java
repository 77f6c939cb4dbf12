package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpRoundsTest {
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final long START = Long.MAX_VALUE - 1_000; // Times overflow.

  private long nanos = START;
  private long compilerMillis = 7_000; // What the start has taken.

  @Test
  void rounds_atFullSpeed_areTwo() {
    WarmUpRounds rounds = rounds(Duration.ofMinutes(1));

    assertThat(rounds.nextAtFullSpeed()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtFullSpeed()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtFullSpeed()).isZero();
  }

  @Test
  void rounds_atModerateRate_endWhenTheCompilerHasLittleLeft() {
    WarmUpRounds rounds = rounds(Duration.ofMinutes(1));

    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 2_000);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 501);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 499);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 499);
    assertThat(rounds.nextAtModerateRate()).isZero();
  }

  /**
   * The compiler reports a method when it has ended with it, which may take longer than a round.
   */
  @Test
  void rounds_afterOneQuietOneOnly_goOn() {
    WarmUpRounds rounds = rounds(Duration.ofMinutes(1));

    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 3_000);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtModerateRate()).isZero();
  }

  /** What the compiler does at full speed says nothing about what it has left. */
  @Test
  void rounds_atModerateRate_areTwoAtLeast() {
    WarmUpRounds rounds = rounds(Duration.ofMinutes(1));

    assertThat(rounds.nextAtFullSpeed()).isEqualTo(ROUND);
    pass(ROUND, 0);

    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(ROUND, 0);
    assertThat(rounds.nextAtModerateRate()).isZero();
  }

  @Test
  void rounds_ofACompilerThatIsNeverDone_endWithTheTime() {
    WarmUpRounds rounds = rounds(Duration.ofSeconds(7));

    assertThat(rounds.nextAtFullSpeed()).isEqualTo(ROUND);
    pass(ROUND, 2_000);
    assertThat(rounds.nextAtModerateRate()).isEqualTo(ROUND);
    pass(Duration.ofSeconds(4), 4_000); // The round took longer than it should.
    assertThat(rounds.nextAtModerateRate()).isEqualTo(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(1), 1_000);
    assertThat(rounds.nextAtModerateRate()).isZero();
    pass(Duration.ofSeconds(1), 1_000);
    assertThat(rounds.nextAtModerateRate()).isZero();
    assertThat(rounds.nextAtFullSpeed()).isZero();
  }

  private WarmUpRounds rounds(Duration most) {
    return new WarmUpRounds(most, () -> nanos, () -> compilerMillis);
  }

  private void pass(Duration time, long compiled) {
    nanos += time.toNanos();
    compilerMillis += compiled;
  }
}
