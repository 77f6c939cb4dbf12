package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.testing.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PermitsTest {
  private static final int MANY = 100_000;

  private final List<String> ran = new ArrayList<>();

  /** A task that records its name and keeps its permit. */
  private BooleanSupplier keeping(String name) {
    return () -> {
      ran.add(name);
      return true;
    };
  }

  private BooleanSupplier notInterested(String name) {
    return () -> {
      ran.add(name);
      return false;
    };
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, -1", "2, 2", "0, 0"})
  void create_reserveThatLeavesNothingOrIsNegative_isRefused(int limit, int reserved) {
    assertThatThrownBy(() -> new Permits(limit, reserved))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reserved: " + reserved);
  }

  @Test
  void tryAcquire_single_takesAllOfThemAndNoMore() {
    Permits permits = new Permits(3, 1);

    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isFalse();
    assertThat(permits.used()).isEqualTo(3);
  }

  @Test
  void resize_fewerThanAreTaken_givesNoneUntilEnoughAreBack() {
    Permits permits = new Permits(3, 0);
    for (int i = 0; i < 3; i++) {
      assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    }

    permits.resize(2, 0);

    assertThat(permits.limit()).isEqualTo(2);
    permits.release(Lane.SINGLE);
    assertThat(permits.tryAcquire(Lane.SINGLE)).isFalse();
    permits.release(Lane.SINGLE);
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    permits.release(Lane.SINGLE);
    permits.release(Lane.SINGLE);
    assertThat(permits.used()).isZero();
  }

  @Test
  void resize_more_admitsThoseThatWait_andKeepsTheReserve() {
    Permits permits = new Permits(1, 0);
    assertThat(permits.tryAcquire(Lane.BATCH)).isTrue();
    for (String name : List.of("first", "second", "third")) {
      permits.of(Lane.BATCH).enter(Turns.of(keeping(name)));
    }

    permits.resize(4, 1);

    assertThat(ran).containsExactly("first", "second");
    assertThat(permits.used()).isEqualTo(3);
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0, 0", "2, -1"})
  void resize_reserveThatLeavesNothingOrIsNegative_isRefused(int limit, int reserved) {
    Permits permits = new Permits(3, 1);

    assertThatThrownBy(() -> permits.resize(limit, reserved))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(permits.limit()).isEqualTo(3);
  }

  @Test
  void tryAcquire_batch_leavesTheReserveToSingles() {
    Permits permits = new Permits(3, 1);

    assertThat(permits.tryAcquire(Lane.BATCH)).isTrue();
    assertThat(permits.tryAcquire(Lane.BATCH)).isTrue();
    assertThat(permits.tryAcquire(Lane.BATCH)).isFalse();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isFalse();
  }

  @Test
  void tryAcquire_othersWaitInTheClass_isNoOvertaking() {
    Permits permits = new Permits(2, 1);
    assertThat(permits.tryAcquire(Lane.BATCH)).isTrue();
    permits.of(Lane.BATCH).enter(Turns.of(keeping("waiting")));

    assertThat(permits.tryAcquire(Lane.BATCH)).isFalse();
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void acquire_permitFree_runsNow(Lane lane) {
    Permits permits = new Permits(2, 1);

    permits.of(lane).enter(Turns.of(keeping("now")));

    assertThat(ran).containsExactly("now");
    assertThat(permits.used()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void acquire_notInterested_permitIsFreeAgain(Lane lane) {
    Permits permits = new Permits(2, 1);

    permits.of(lane).enter(Turns.of(notInterested("now")));

    assertThat(permits.used()).isZero();
    assertThat(permits.tryAcquire(lane)).isTrue();
  }

  @Test
  void release_severalWait_letsOneInFirstComeFirstServed() {
    Permits permits = new Permits(1, 0);
    permits.of(Lane.BATCH).enter(Turns.of(keeping("first")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("second")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("third")));

    permits.release(Lane.BATCH);
    assertThat(ran).containsExactly("first", "second");
    permits.release(Lane.BATCH);
    assertThat(ran).containsExactly("first", "second", "third");
    permits.release(Lane.BATCH);
    assertThat(permits.used()).isZero();
  }

  @Test
  void release_bothClassesWait_singlesGoFirst() {
    Permits permits = new Permits(1, 0);
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("holder")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("batch 1")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("batch 2")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("single 1")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("single 2")));

    permits.release(Lane.SINGLE);
    permits.release(Lane.SINGLE);
    permits.release(Lane.SINGLE);
    permits.release(Lane.BATCH);
    permits.release(Lane.BATCH);

    assertThat(ran).containsExactly("holder", "single 1", "single 2", "batch 1", "batch 2");
    assertThat(permits.used()).isZero();
  }

  @Test
  void release_bySingleWhileBatchesAreAtTheirLimit_keepsTheReserve() {
    Permits permits = new Permits(2, 1);
    permits.of(Lane.BATCH).enter(Turns.of(keeping("batch 1")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("single")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("batch 2")));

    permits.release(Lane.SINGLE);
    assertThat(ran).containsExactly("batch 1", "single");

    permits.release(Lane.BATCH);
    assertThat(ran).containsExactly("batch 1", "single", "batch 2");
  }

  @Test
  void release_nextIsNotInterested_goesToTheOneAfter() {
    Permits permits = new Permits(1, 0);
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("holder")));
    permits.of(Lane.SINGLE).enter(Turns.of(notInterested("left")));
    permits.of(Lane.BATCH).enter(Turns.of(notInterested("left too")));
    permits.of(Lane.BATCH).enter(Turns.of(keeping("next")));

    permits.release(Lane.SINGLE);

    assertThat(ran).containsExactly("holder", "left", "left too", "next");
    assertThat(permits.used()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void release_manyLostInterest_unwindsWithoutDeepStack(Lane lane) {
    Permits permits = new Permits(1, 0);
    assertThat(permits.tryAcquire(lane)).isTrue();
    for (int i = 0; i < MANY; i++) {
      permits.of(lane).enter(Turns.of(notInterested("left")));
    }

    permits.release(lane);

    assertThat(ran).hasSize(MANY);
    assertThat(permits.used()).isZero();
  }

  /** As when WeChat is down, and each attempt fails immediately. */
  @ParameterizedTest
  @EnumSource(Lane.class)
  void release_manyAreDoneOnTheSpot_unwindsWithoutDeepStack(Lane lane) {
    Permits permits = new Permits(1, 0);
    assertThat(permits.tryAcquire(lane)).isTrue();
    for (int i = 0; i < MANY; i++) {
      permits
          .of(lane)
          .enter(
              Turns.of(
                  () -> {
                    ran.add("done");
                    permits.release(lane);
                    return true;
                  }));
    }

    permits.release(lane);

    assertThat(ran).hasSize(MANY);
    assertThat(permits.used()).isZero();
  }

  @Test
  void release_insideATask_letsOthersInAfterIt() {
    Permits permits = new Permits(2, 0);
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("holder 1")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("holder 2")));
    permits
        .of(Lane.SINGLE)
        .enter(
            Turns.of(
                () -> {
                  permits.release(Lane.SINGLE); // Its own,
                  permits.release(Lane.SINGLE); // and the one of holder 2,
                  assertThat(permits.tryAcquire(Lane.SINGLE)).isFalse(); // which others wait for.
                  ran.add("releasing both");
                  return true;
                }));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("next 1")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("next 2")));
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("next 3")));

    permits.release(Lane.SINGLE);

    assertThat(ran).containsExactly("holder 1", "holder 2", "releasing both", "next 1", "next 2");
    assertThat(permits.used()).isEqualTo(2);
  }

  /** Two mechanisms on one thread do not mistake each other for a nested release. */
  @Test
  void release_insideATaskOfOtherPermits_letsTheNextInAtOnce() {
    Permits outer = new Permits(1, 0);
    Permits inner = new Permits(1, 0);
    inner.of(Lane.SINGLE).enter(Turns.of(keeping("inner holder")));
    inner.of(Lane.SINGLE).enter(Turns.of(keeping("inner next")));
    outer.of(Lane.SINGLE).enter(Turns.of(keeping("outer holder")));
    outer
        .of(Lane.SINGLE)
        .enter(
            Turns.of(
                () -> {
                  inner.release(Lane.SINGLE);
                  ran.add("outer next");
                  return true;
                }));

    outer.release(Lane.SINGLE);

    assertThat(ran).containsExactly("inner holder", "outer holder", "inner next", "outer next");
  }

  @Test
  void acquire_insideATask_isServed() {
    Permits permits = new Permits(1, 0);
    AtomicInteger rounds = new AtomicInteger();
    permits.of(Lane.SINGLE).enter(Turns.of(keeping("holder")));
    permits
        .of(Lane.SINGLE)
        .enter(
            Turns.of(
                () -> {
                  permits
                      .of(Lane.SINGLE)
                      .enter(Turns.of(keeping("follower " + rounds.incrementAndGet())));
                  return false;
                }));

    permits.release(Lane.SINGLE);

    assertThat(ran).containsExactly("holder", "follower 1");
    assertThat(permits.used()).isEqualTo(1);
  }

  // Large work.

  @Test
  void tryAcquire_large_takesSeveral() {
    Permits permits = new Permits(10, 2);

    assertThat(permits.tryAcquire(Lane.BATCH, 5)).isTrue();
    assertThat(permits.tryAcquire(Lane.BATCH, 4)).as("of the reserve").isFalse();
    assertThat(permits.tryAcquire(Lane.SINGLE, 6)).isFalse();
    assertThat(permits.tryAcquire(Lane.SINGLE, 5)).isTrue();
    assertThat(permits.used()).isEqualTo(10);

    permits.release(Lane.BATCH, 5);
    permits.release(Lane.SINGLE, 5);
    assertThat(permits.used()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"BATCH, 8", "SINGLE, 10"})
  void acquire_largerThanEverything_takesAllThatItsClassMayHave(Lane lane, int all) {
    Permits permits = new Permits(10, 2);

    permits.of(lane).enter(Turns.of(1_000, keeping("huge")));
    assertThat(permits.used()).isEqualTo(all);

    permits.release(lane, 1_000);
    assertThat(permits.used()).isZero();
  }

  @Test
  void release_largeWaits_isNotOvertakenAndLetsSeveralSmallOnesInAfterwards() {
    Permits permits = new Permits(4, 0);
    permits.of(Lane.BATCH).enter(Turns.of(2, keeping("a")));
    permits.of(Lane.BATCH).enter(Turns.of(2, keeping("b")));
    permits.of(Lane.BATCH).enter(Turns.of(4, keeping("large")));
    permits.of(Lane.BATCH).enter(Turns.of(1, keeping("small 1")));
    permits.of(Lane.BATCH).enter(Turns.of(1, keeping("small 2")));

    permits.release(Lane.BATCH, 2);
    assertThat(ran).containsExactly("a", "b");
    permits.release(Lane.BATCH, 2);
    assertThat(ran).containsExactly("a", "b", "large");
    permits.release(Lane.BATCH, 4);
    assertThat(ran).containsExactly("a", "b", "large", "small 1", "small 2");
    assertThat(permits.used()).isEqualTo(2);
  }
}
