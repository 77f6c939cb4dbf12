package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.Turns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PaceTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration A_MILLI = Duration.ofMillis(1);
  private static final Offset<Double> ABOUT = Offset.offset(0.01);

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final Pace pace = new Pace("wx-app", clock.nanos(), timer);
  private final List<String> turns = new ArrayList<>();

  private long now() {
    return clock.nanos().getAsLong();
  }

  private void take(int messages) {
    for (int i = 0; i < messages; i++) {
      pace.taken(now());
    }
  }

  private void refuse(int messages) {
    for (int i = 0; i < messages; i++) {
      pace.refused(now());
    }
  }

  private void enter(int many) {
    for (int i = 0; i < many; i++) {
      pace.enter(Turns.using(() -> turns.add("")));
    }
  }

  /** Slows down to the pace that follows from {@code taken} messages in the last second. */
  private void cutAt(int taken) {
    take(taken);
    refuse(Pace.FEWEST_REFUSED + taken);
    assertThat(pace.perSecond()).isPresent();
  }

  private double perSecond() {
    return pace.perSecond().orElseThrow();
  }

  private int turnsWithin(Duration time) {
    int before = turns.size();
    timer.advance(time);
    return turns.size() - before;
  }

  @Test
  void enter_nothingWasRefused_isNow() {
    take(1_000);
    enter(100_000);

    assertThat(turns).hasSize(100_000);
    assertThat(pace.perSecond()).isEmpty();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void refused_afterAHundredTaken_beginsAtSeventy() {
    cutAt(100);

    assertThat(perSecond()).isCloseTo(70, ABOUT);
    enter(1_000);
    assertThat(turnsWithin(SECOND)).isBetween(75, 80);
  }

  @Test
  void refused_nothingWasTaken_goesOnWithOneASecond() {
    refuse(Pace.FEWEST_REFUSED);

    assertThat(perSecond()).isCloseTo(Pace.SLOWEST, ABOUT);
    enter(2);
    assertThat(turns).hasSize(1);
    assertThat(turnsWithin(SECOND)).isEqualTo(1);
  }

  @Test
  void refused_oneInTwenty_isTolerated() {
    take(190);
    refuse(10);
    assertThat(pace.perSecond()).isEmpty();

    refuse(1);
    assertThat(pace.perSecond()).isPresent();
  }

  /** A message that WeChat never accepts must not slow down its whole app. */
  @Test
  void refused_fewInASecond_isTolerated() {
    for (int second = 0; second < 60; second++) {
      refuse(Pace.FEWEST_REFUSED / 2);
      timer.advance(SECOND);
    }

    assertThat(pace.perSecond()).isEmpty();
  }

  /** RFC 9438: 0.7 of the plateau immediately, the plateau after K, and then faster growth. */
  @Test
  void perSecond_notRefusedAnyMore_followsTheCubicFunction() {
    cutAt(100);
    Duration plateau = Duration.ofMillis(Math.round(1_000 * Math.cbrt(100 * 0.3 / 0.4)));

    timer.advance(plateau.dividedBy(2));
    assertThat(perSecond()).isBetween(94.0, 98.0);
    timer.advance(plateau.dividedBy(2));
    assertThat(perSecond()).isCloseTo(100, ABOUT);
    timer.advance(plateau);
    assertThat(perSecond()).isCloseTo(130, Offset.offset(0.1));
  }

  @Test
  void perSecond_fromTheSlowest_isAThousandWithinTwentySeconds() {
    refuse(Pace.FEWEST_REFUSED);

    timer.advance(Duration.ofSeconds(20));

    assertThat(perSecond()).isGreaterThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 5_000})
  void perSecond_aMinuteLater_isWithoutALimitWhetherItWasUsedOrNot(int taken) {
    cutAt(taken);
    enter(1_000_000);

    timer.advance(Duration.ofMinutes(1));

    assertThat(pace.perSecond()).isEmpty();
    assertThat(turns).hasSize(1_000_000);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void enter_idleForAMinute_isNow() {
    cutAt(10);
    clock.advance(Duration.ofMinutes(1));

    enter(1_000);

    assertThat(turns).hasSize(1_000);
  }

  /** A thousand messages in flight are rejected: this is one event and one reduction. */
  @Test
  void refused_writtenBeforeTheCut_isNotHeldAgainstThePaceAfterIt() {
    long before = now();
    clock.advance(A_MILLI);
    cutAt(100);
    clock.advance(Duration.ofSeconds(5));
    double grown = perSecond();

    for (int i = 0; i < 1_000; i++) {
      pace.refused(before);
    }

    assertThat(perSecond()).isEqualTo(grown);
  }

  @Test
  void refused_againWithinASecond_isNoSecondCut() {
    cutAt(100);
    timer.advance(SECOND.minusNanos(1));
    double grown = perSecond();

    refuse(1_000);
    assertThat(perSecond()).isEqualTo(grown);

    timer.advance(SECOND.plusNanos(1)); // The first accepted messages are no longer recent.
    take(30);
    refuse(1_000);
    assertThat(perSecond()).isCloseTo(0.7 * 30, ABOUT);
  }

  /** Messages accepted before WeChat became stricter do not count once the pace is below them. */
  @Test
  void refused_moreWasTakenThanThePaceAllows_cutsThePace() {
    cutAt(100);
    timer.advance(SECOND);
    double grown = perSecond();

    take(5_000);
    refuse(1_000);

    assertThat(perSecond()).isCloseTo(0.7 * grown, ABOUT);
  }

  @Test
  void enter_withALimit_isInOrderAndEvenlySpread() {
    cutAt(100);
    for (int i = 0; i < 5; i++) {
      String name = "turn " + i;
      pace.enter(Turns.using(() -> turns.add(name)));
    }
    assertThat(turns).containsExactly("turn 0");
    assertThat(pace.waiting()).isEqualTo(4);

    for (int i = 1; i < 5; i++) {
      timer.advance(Duration.ofMillis(12));
      assertThat(turns).hasSizeLessThanOrEqualTo(1 + i);
    }
    timer.advance(Duration.ofMillis(20));

    assertThat(turns).containsExactly("turn 0", "turn 1", "turn 2", "turn 3", "turn 4");
    assertThat(pace.waiting()).isZero();
  }

  @Test
  void enter_fastPace_wakesUpOnceForSeveral() {
    cutAt(10_000);
    enter(10_000);
    int before = turns.size();

    timer.advance(A_MILLI.multipliedBy(2));

    assertThat(turns.size() - before).isBetween(10, 16);
  }

  @Test
  void enter_fromATurn_waitsForItsOwn() {
    cutAt(100);
    pace.enter(
        Turns.using(
            () -> {
              turns.add("first");
              pace.enter(Turns.using(() -> turns.add("second")));
            }));

    assertThat(turns).containsExactly("first");
    timer.advance(Duration.ofMillis(20));
    assertThat(turns).containsExactly("first", "second");
  }

  @Test
  void enter_threeThatEnterAgainAtEachTurn_takeTurns() {
    cutAt(10);
    for (String name : List.of("a", "b", "c")) {
      enterAgainAndAgain(name);
    }

    timer.advance(SECOND);

    assertThat(turns).hasSizeGreaterThanOrEqualTo(7);
    assertThat(turns.subList(0, 7)).containsExactly("a", "a", "b", "c", "a", "b", "c");
  }

  private void enterAgainAndAgain(String name) {
    pace.enter(
        Turns.using(
            () -> {
              turns.add(name);
              enterAgainAndAgain(name);
            }));
  }

  @Test
  void forget_manyWait_letsAllInAtOnce() {
    cutAt(10);
    enter(100_000);

    pace.forget();

    assertThat(turns).hasSize(100_000);
    assertThat(pace.perSecond()).isEmpty();
    timer.advance(SECOND);
    assertThat(turns).hasSize(100_000);
  }

  @Test
  void countSingle_withoutALimit_isNothing() {
    pace.countSingle();
    enter(1);

    assertThat(turns).hasSize(1);
  }

  @Test
  void countSingle_withALimit_leavesTheRestToBatches() {
    cutAt(100);
    enter(1_000);
    int before = turns.size();

    for (int i = 0; i < 10; i++) {
      for (int single = 0; single < 4; single++) {
        pace.countSingle();
      }
      timer.advance(Duration.ofMillis(100));
    }

    assertThat(turns.size() - before).isBetween(25, 40);
  }

  @Test
  void countSingle_moreThanThePaceAllows_leavesOneASecondToBatches() {
    cutAt(100);
    enter(1_000);
    timer.advance(SECOND);
    int before = turns.size();

    for (int i = 0; i < 10_000; i++) {
      pace.countSingle();
    }
    timer.advance(SECOND.plus(A_MILLI));

    assertThat(turns.size() - before).isBetween(1, 3);
  }

  @Test
  void enter_onManyThreads_givesEachOneTurn() throws Exception {
    ScheduledExecutorService realTimer = Executors.newSingleThreadScheduledExecutor();
    try {
      Pace real = new Pace("wx-app", System::nanoTime, realTimer);
      for (int i = 0; i < 1_000; i++) {
        real.taken(System.nanoTime());
      }
      for (int i = 0; i < 1_000; i++) {
        real.refused(System.nanoTime());
      }
      ConcurrentLinkedQueue<Integer> given = new ConcurrentLinkedQueue<>();
      Concurrently.run(
              8,
              thread -> {
                for (int i = 0; i < 100; i++) {
                  int turn = thread * 100 + i;
                  real.enter(Turns.using(() -> given.add(turn)));
                }
                return thread;
              })
          .resultsOfAll();
      real.forget();
      realTimer.shutdown();
      assertThat(realTimer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();

      assertThat(given).hasSize(800).doesNotHaveDuplicates();
    } finally {
      realTimer.shutdownNow();
    }
  }
}
