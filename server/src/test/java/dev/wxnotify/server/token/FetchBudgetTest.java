package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wxnotify.server.testing.Concurrently;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FetchBudgetTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void trySpend_limitReached_refusesUntilTheFirstIsAWindowOld() {
    FetchBudget budget = new FetchBudget(2, HOUR);

    assertThat(budget.trySpend(NOW)).isTrue();
    assertThat(budget.trySpend(NOW.plusSeconds(10))).isTrue();
    assertThat(budget.trySpend(NOW.plusSeconds(10))).isFalse();
    assertThat(budget.trySpend(NOW.plus(HOUR).minusNanos(1))).isFalse();

    assertThat(budget.trySpend(NOW.plus(HOUR))).isTrue();
    assertThat(budget.trySpend(NOW.plus(HOUR).plusSeconds(10).minusNanos(1))).isFalse();
    assertThat(budget.trySpend(NOW.plus(HOUR).plusSeconds(10))).isTrue();
  }

  @Test
  void trySpend_refused_costsNothing() {
    FetchBudget budget = new FetchBudget(1, HOUR);

    assertThat(budget.trySpend(NOW)).isTrue();
    for (int i = 1; i < 100; i++) {
      assertThat(budget.trySpend(NOW.plusSeconds(i))).isFalse();
    }

    assertThat(budget.trySpend(NOW.plus(HOUR))).isTrue();
  }

  @Test
  void trySpend_triedAllDay_staysBelowTheLimitInAnyWindow() {
    int limit = 7;
    FetchBudget budget = new FetchBudget(limit, HOUR);
    List<Instant> spent = new ArrayList<>();
    for (Instant t = NOW; t.isBefore(NOW.plus(Duration.ofDays(1))); t = t.plusSeconds(13)) {
      if (budget.trySpend(t)) {
        spent.add(t);
      }
    }

    assertThat(spent).hasSizeGreaterThan(23 * limit);
    for (int i = limit; i < spent.size(); i++) {
      assertThat(spent.get(i)).isAfterOrEqualTo(spent.get(i - limit).plus(HOUR));
    }
  }

  @Test
  void trySpend_manyThreads_neverSpendsMoreThanTheLimit() throws InterruptedException {
    FetchBudget budget = new FetchBudget(5, HOUR);

    List<Boolean> spent = Concurrently.run(32, thread -> budget.trySpend(NOW)).resultsOfAll();

    assertThat(spent).filteredOn(Boolean::booleanValue).hasSize(5);
  }

  @Test
  void constructor_noBudgetAtAll_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FetchBudget(0, HOUR))
        .withMessage("limit: 0 (expected: >= 1)");
  }

  @Test
  void toString_always_saysHowMuchInWhatTime() {
    assertThat(new FetchBudget(5, Duration.ofMinutes(5))).hasToString("5 in PT5M");
  }
}
