package dev.wxnotify.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LimitTest {
  private static final long SECOND = 1_000_000_000L;

  /** A stream may be ready long after the load began. */
  @Test
  void time_beginsWithTheFirstMessage() {
    Limit limit = new Limit(Load.closed(Load.Kind.BATCH, 1, 1, 2));
    long first = System.nanoTime() + 100 * SECOND;

    assertThat(limit.isReached(0, first)).isFalse();
    assertThat(limit.isReached(1, first + 2 * SECOND - 1)).isFalse();
    assertThat(limit.isReached(2, first + 2 * SECOND)).isTrue();
    assertThat(limit.isReached(3, first + 3 * SECOND)).isTrue();
  }

  @Test
  void messages_withoutATime_areTheOnlyLimit() {
    Limit limit = new Limit(Load.streams(1, 2, 0));
    long first = System.nanoTime();

    assertThat(limit.isReached(1, first)).isFalse();
    assertThat(limit.isReached(1, first + 1_000 * SECOND)).isFalse();
    assertThat(limit.isReached(2, first)).isTrue();
  }
}
