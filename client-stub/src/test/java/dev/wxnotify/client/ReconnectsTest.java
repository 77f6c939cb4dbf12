package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** With a clock that may start at any value, like the JVM's. */
class ReconnectsTest {
  private static final long BEGIN = Long.MAX_VALUE - 1_000;
  private static final double LONGEST_JITTER = 1;

  private final BatchRules rules = new BatchRules();
  private final Reconnects reconnects;

  ReconnectsTest() {
    rules.firstPause = Duration.ofSeconds(1);
    rules.longestPause = Duration.ofSeconds(4);
    rules.giveUpAfter = Duration.ofSeconds(60);
    reconnects = new Reconnects(rules, BEGIN);
  }

  private static long at(int second) {
    return BEGIN + Duration.ofSeconds(second).toNanos();
  }

  private Duration breaks(int second) {
    return reconnects.broke(false, at(second), LONGEST_JITTER);
  }

  @Test
  void first_mayBeOpenedAtOnce() {
    assertThat(reconnects.nanosToOpening(BEGIN)).isZero();
    assertThat(reconnects.isGivenUp(at(3_600))).isFalse();
  }

  @Test
  void broke_inARow_pausesLongerUpToTheLongest() {
    reconnects.opened(BEGIN);

    assertThat(breaks(0)).hasSeconds(1);
    assertThat(reconnects.nanosToOpening(at(0))).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(breaks(1)).hasSeconds(2);
    assertThat(breaks(3)).hasSeconds(4);
    assertThat(breaks(7)).hasSeconds(4);
  }

  @Test
  void answered_beginsAnew() {
    reconnects.opened(BEGIN);
    breaks(0);
    breaks(1);

    reconnects.answered();

    assertThat(reconnects.nanosToGivingUp(at(59))).isEqualTo(Long.MAX_VALUE);
    assertThat(breaks(59)).hasSeconds(1);
    assertThat(reconnects.isGivenUp(at(61))).as("lost since the last break").isFalse();
  }

  @Test
  void noAnswer_forTooLong_isGivenUp() {
    reconnects.opened(BEGIN);
    breaks(30);
    reconnects.opened(at(31));

    assertThat(reconnects.isGivenUp(at(60))).isFalse();
    assertThat(reconnects.isGivenUp(at(60) + 1)).isTrue();
    assertThat(at(31) + reconnects.nanosToGivingUp(at(31))).isEqualTo(at(60) + 1);
  }

  @Test
  void stream_thatWasConnectedForAWhile_isASignOfAServer() {
    reconnects.opened(BEGIN);

    reconnects.broke(true, at(59), LONGEST_JITTER);

    assertThat(reconnects.isGivenUp(at(61))).isFalse();
    assertThat(reconnects.isGivenUp(at(120))).isTrue();
  }

  @Test
  void stream_thatWasNeverConnected_isNone() {
    reconnects.opened(BEGIN);

    breaks(59);

    assertThat(reconnects.isGivenUp(at(61))).isTrue();
  }

  @Test
  void answerOfAnOldStream_isASignOfAServer_andLeavesTheCurrentOneToBeGivenUp() {
    reconnects.opened(BEGIN);

    reconnects.answeredBefore(at(59));

    assertThat(reconnects.isGivenUp(at(61))).isFalse();
    assertThat(reconnects.isGivenUp(at(120))).isTrue();
  }
}
