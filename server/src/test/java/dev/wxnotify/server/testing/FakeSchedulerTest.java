package dev.wxnotify.server.testing;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import org.junit.jupiter.api.Test;

/** The other tests rely on this fake, so it has its own tests. */
class FakeSchedulerTest {
  private final FakeClock clock = new FakeClock();
  private final FakeScheduler scheduler = new FakeScheduler(clock);
  private final List<String> ran = new ArrayList<>();

  @Test
  void execute_nothingAdvances_runsNothing() {
    scheduler.execute(() -> ran.add("now"));

    assertThat(ran).isEmpty();
    assertThat(scheduler.pending()).isEqualTo(1);

    scheduler.runDue();

    assertThat(ran).containsExactly("now");
    assertThat(scheduler.pending()).isZero();
  }

  @Test
  void advance_severalDue_runsThemInOrderAtTheirOwnTime() {
    List<Instant> times = new ArrayList<>();
    schedule("third", 20);
    schedule("first", 10);
    schedule("second", 10);
    var ignored = scheduler.schedule(() -> times.add(clock.instant()), 15, MILLISECONDS);

    scheduler.advance(Duration.ofMillis(20));

    assertThat(ran).containsExactly("first", "second", "third");
    assertThat(times).containsExactly(FakeClock.START.plusMillis(15));
    assertThat(clock.instant()).isEqualTo(FakeClock.START.plusMillis(20));
  }

  @Test
  void advance_oneNanosecondShort_runsNothing() {
    schedule("late", 10);

    scheduler.advance(Duration.ofMillis(10).minusNanos(1));
    assertThat(ran).isEmpty();

    scheduler.advance(Duration.ofNanos(1));
    assertThat(ran).containsExactly("late");
  }

  @Test
  void advance_taskSchedulesAnother_runsThatTooWhenDue() {
    var ignored = scheduler.schedule(() -> schedule("follower", 5), 5, MILLISECONDS);

    scheduler.advance(Duration.ofMillis(10));

    assertThat(ran).containsExactly("follower");
  }

  @Test
  void advance_endlessChainWithoutDelay_fails() {
    scheduler.execute(this::scheduleItselfAgain);

    assertThatThrownBy(scheduler::runDue).isInstanceOf(AssertionError.class);
  }

  private void scheduleItselfAgain() {
    scheduler.execute(this::scheduleItselfAgain);
  }

  @Test
  void cancel_beforeItsTime_neverRuns() {
    ScheduledFuture<?> task = scheduler.schedule(() -> ran.add("never"), 1, SECONDS);

    assertThat(task.cancel(false)).isTrue();
    assertThat(scheduler.pending()).isZero();
    scheduler.advance(Duration.ofSeconds(2));

    assertThat(ran).isEmpty();
  }

  @Test
  void repeating_severalPeriods_runsOncePerPeriodUntilCancelled() {
    ScheduledFuture<?> task =
        scheduler.scheduleAtFixedRate(() -> ran.add("tick"), 10, 10, MILLISECONDS);

    scheduler.advance(Duration.ofMillis(35));
    assertThat(ran).hasSize(3);

    task.cancel(false);
    scheduler.advance(Duration.ofMillis(35));
    assertThat(ran).hasSize(3);
  }

  @Test
  void shutdown_oneWaiting_runsItAndTakesNoMore() {
    schedule("accepted", 10);
    var ignored = scheduler.scheduleWithFixedDelay(() -> ran.add("repeating"), 1, 1, MILLISECONDS);

    scheduler.shutdown();

    assertThatThrownBy(() -> schedule("refused", 1)).isInstanceOf(RejectedExecutionException.class);
    assertThat(scheduler.isTerminated()).isFalse();
    scheduler.advance(Duration.ofMillis(10));
    assertThat(ran).containsExactly("accepted");
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void nanos_clockMoves_movesBySameAmount() {
    long before = clock.nanos().getAsLong();

    scheduler.advance(Duration.ofSeconds(3));

    assertThat(clock.nanos().getAsLong() - before).isEqualTo(SECONDS.toNanos(3));
  }

  private void schedule(String name, long millis) {
    var ignored = scheduler.schedule(() -> ran.add(name), millis, MILLISECONDS);
  }
}
