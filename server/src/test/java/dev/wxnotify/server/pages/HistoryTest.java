package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.pages.History.Counts;
import dev.wxnotify.server.pages.HistoryState.Sample;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The last hour. */
final class HistoryTest {
  private final FakeClock clock = new FakeClock();
  private final Map<String, Counts> counters = new HashMap<>();
  private final History history = new History(() -> Map.copyOf(counters), clock);

  private void sample(Duration after) {
    clock.advance(after);
    history.sample();
  }

  @Test
  void atFirst_thereIsNothing() {
    assertThat(history.of(List.of("wx-shop")))
        .isEqualTo(new HistoryState(FakeClock.START, History.STEP, List.of()));
  }

  @Test
  void samples_countTheTimeSinceTheOneBefore() {
    counters.put("wx-shop", new Counts(5, 1, 0, 0));
    sample(History.STEP);
    counters.put("wx-shop", new Counts(7, 2, 3, 4));
    sample(Duration.ofSeconds(20));

    assertThat(history.of(List.of("wx-shop")).samples())
        .containsExactly(
            new Sample(FakeClock.START.plus(History.STEP), History.STEP, 5, 1, 0, 0),
            new Sample(
                FakeClock.START.plus(History.STEP).plusSeconds(20),
                Duration.ofSeconds(20),
                2,
                1,
                3,
                4));
  }

  @Test
  void whatCameAfterTheLastSample_isAShorterOne() {
    counters.put("wx-shop", new Counts(5, 1, 0, 0));
    clock.advance(Duration.ofSeconds(3));
    Sample first = new Sample(clock.instant(), Duration.ofSeconds(3), 5, 1, 0, 0);
    assertThat(history.of(List.of("wx-shop")).samples()).containsExactly(first);

    sample(Duration.ofSeconds(12));
    counters.put("wx-shop", new Counts(6, 1, 2, 0));
    counters.put("wx-club", new Counts(1, 0, 0, 4));
    clock.advance(Duration.ofMillis(999));
    assertThat(history.of(List.of("wx-shop", "wx-club")).samples()).hasSize(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(history.of(List.of("wx-shop", "wx-club")).samples())
        .last()
        .isEqualTo(new Sample(clock.instant(), Duration.ofSeconds(1), 2, 0, 2, 4));
    assertThat(history.of(List.of("wx-club")).samples())
        .last()
        .isEqualTo(new Sample(clock.instant(), Duration.ofSeconds(1), 1, 0, 0, 4));
  }

  @Test
  void apps_areSummed_andOthersAreNot() {
    counters.put("wx-shop", new Counts(5, 0, 0, 0));
    counters.put("wx-club", new Counts(2, 0, 0, 0));
    counters.put("wx-other", new Counts(100, 0, 0, 0));
    sample(History.STEP);

    assertThat(history.of(List.of("wx-shop", "wx-club")).samples())
        .extracting(Sample::accepted)
        .containsExactly(7L);
    assertThat(history.of(List.of()).samples()).extracting(Sample::all).containsExactly(0L);
  }

  @Test
  void appThatComesBack_countsFromZero() {
    counters.put("wx-shop", new Counts(50, 0, 0, 0));
    sample(History.STEP);
    counters.put("wx-shop", new Counts(3, 0, 0, 0));
    sample(History.STEP);
    counters.clear();
    sample(History.STEP);
    counters.put("wx-shop", new Counts(4, 0, 0, 0));
    sample(History.STEP);

    assertThat(history.of(List.of("wx-shop")).samples())
        .extracting(Sample::accepted)
        .containsExactly(0L, 0L, 0L, 4L);
  }

  @Test
  void afterAnHour_theOldestLeaves() {
    for (int i = 1; i <= History.SAMPLES + 10; i++) {
      counters.put("wx-shop", new Counts((long) i * i, 0, 0, 0));
      sample(History.STEP);
    }
    HistoryState state = history.of(List.of("wx-shop"));

    assertThat(state.samples()).hasSize(History.SAMPLES);
    assertThat(state.since()).isEqualTo(FakeClock.START.plus(History.STEP.multipliedBy(10)));
    assertThat(state.samples().get(0).accepted()).isEqualTo(11 * 11 - 10 * 10);
    assertThat(state.samples().get(0).length()).isEqualTo(History.STEP);
    assertThat(state.samples().get(History.SAMPLES - 1).accepted())
        .isEqualTo(250 * 250 - 249 * 249);
  }
}
