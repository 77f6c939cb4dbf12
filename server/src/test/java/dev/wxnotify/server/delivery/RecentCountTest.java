package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecentCountTest {
  /** As with nanoTime, later values may overflow. */
  private static final long START = new FakeClock().nanos().getAsLong();

  private static final long MILLI = 1_000_000;

  private final RecentCount count = new RecentCount(START);

  private void add(int times, long millis) {
    for (int i = 0; i < times; i++) {
      count.add(START + millis * MILLI);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 100", "999, 100", "1000, 100", "1250, 75", "1999, 0", "2000, 0", "60000, 0"})
  void at_aHundredAtTheStart_fadesInTheSecondAfter(long millis, long left) {
    add(100, 0);

    assertThat(count.at(START + millis * MILLI)).isEqualTo(left);
  }

  @Test
  void at_secondsOfDifferentCounts_isTheRunningOneAndAPartOfTheOneBefore() {
    add(100, 500);
    add(40, 1_100);

    assertThat(count.at(START + 1_500 * MILLI)).isEqualTo(40 + 50);
  }

  @Test
  void add_aLittleLate_countsInTheSecondThatRuns() {
    add(1, 1_001);
    add(1, 999);

    assertThat(count.at(START + 1_001 * MILLI)).isEqualTo(2);
  }

  @Test
  void add_onManyThreads_losesNone() throws Exception {
    Concurrently.run(
            8,
            thread -> {
              add(10_000, 500);
              return thread;
            })
        .resultsOfAll();

    assertThat(count.at(START + 500 * MILLI)).isEqualTo(80_000);
  }
}
