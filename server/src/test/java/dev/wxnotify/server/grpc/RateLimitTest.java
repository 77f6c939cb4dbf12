package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Turn;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.Turns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final List<Integer> let = new ArrayList<>();

  private RateLimit limit(int perSecond) {
    return new RateLimit(perSecond, clock.nanos(), timer);
  }

  @Test
  void single_withinASecondsWorth_isLetIn_andTheNextHearsWhen() {
    RateLimit limit = limit(10);

    for (int i = 0; i < 10; i++) {
      assertThat(limit.tryAcquire()).isZero();
    }
    assertThat(limit.tryAcquire()).isEqualTo(Duration.ofMillis(100));

    timer.advance(Duration.ofMillis(99));
    assertThat(limit.tryAcquire()).isEqualTo(Duration.ofMillis(1));
    timer.advance(Duration.ofMillis(1));
    assertThat(limit.tryAcquire()).isZero();
    assertThat(limit.tryAcquire()).isPositive();
  }

  @Test
  void pause_howeverLong_isWorthOneSecond() {
    RateLimit limit = limit(10);
    timer.advance(Duration.ofHours(1));

    int count = 0;
    while (limit.tryAcquire().isZero()) {
      count++;
    }
    assertThat(count).isEqualTo(10);
  }

  @Test
  void items_beyondTheRate_waitAndComeInOrder() {
    RateLimit limit = limit(8);
    for (int i = 0; i < 12; i++) {
      enter(limit, i);
    }

    assertThat(let).as("a second's worth without the reserve").hasSize(6);
    timer.advance(Duration.ofMillis(124));
    assertThat(let).hasSize(6);
    timer.advance(Duration.ofMillis(1));
    assertThat(let).hasSize(7);
    timer.advance(Duration.ofMillis(5 * 125));
    assertThat(let).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(timer.pending()).isZero();
  }

  /** The share that batches leave is available to single calls immediately. */
  @Test
  void single_whileItemsWait_findsTheReserve() {
    RateLimit limit = limit(8);
    for (int i = 0; i < 20; i++) {
      enter(limit, i);
    }

    assertThat(limit.tryAcquire()).isZero();
    assertThat(limit.tryAcquire()).isZero();
    assertThat(limit.tryAcquire()).isPositive();

    timer.advance(Duration.ofMillis(250)); // Two tokens, which refill the reserve.
    assertThat(let).hasSize(6);
    timer.advance(Duration.ofMillis(125));
    assertThat(let).hasSize(7);
  }

  /** Over a long time both together never exceed the rate plus one second's worth. */
  @Test
  void all_overALongTime_keepTheRate() {
    RateLimit limit = limit(100);
    int singles = 0;
    for (int i = 0; i < 5_000; i++) {
      enter(limit, i);
    }
    for (int i = 0; i < 1_000; i++) {
      timer.advance(Duration.ofMillis(10));
      if (i % 2 == 0 && limit.tryAcquire().isZero()) {
        singles++;
      }
    }
    assertThat(singles).isBetween(450, 500);
    assertThat(let.size() + singles).isBetween(1_000, 1_100);
  }

  @Test
  void oneInASecond_letsItemsInToo() {
    RateLimit limit = limit(1);
    enter(limit, 0);
    enter(limit, 1);

    assertThat(let).hasSize(1);
    timer.advance(Duration.ofSeconds(1));
    assertThat(let).hasSize(2);
  }

  /** Single calls that take all they can leave a quarter to the items, at any rate. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 100})
  void items_besideSinglesThatTakeAllTheyGet_haveAQuarter(int perSecond) {
    RateLimit limit = limit(perSecond);
    for (int i = 0; i < 10_000; i++) {
      enter(limit, i);
    }
    int singles = 0;
    let.clear();
    for (int i = 0; i < 40_000; i++) {
      timer.advance(Duration.ofMillis(1));
      if (limit.tryAcquire().isZero()) {
        singles++;
      }
    }

    double all = 40.0 * perSecond;
    assertThat((double) let.size()).isBetween(0.24 * all - 1, 0.3 * all + 1);
    assertThat((double) let.size() + singles).isBetween(0.95 * all - 2, all + perSecond + 1);
  }

  /** Callers that return when told to are admitted beside endless items. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 100})
  void singles_besideItemsThatTakeAllTheyGet_areLetInWhenTheyWereTold(int perSecond) {
    RateLimit limit = limit(perSecond);
    for (int i = 0; i < 10_000; i++) {
      enter(limit, i);
    }
    int singles = 0;
    for (int i = 0; i < 4 * perSecond; i++) {
      Duration wait = limit.tryAcquire();
      for (int tries = 0; !wait.isZero() && tries < 3; tries++) {
        timer.advance(wait);
        wait = limit.tryAcquire();
      }
      singles += wait.isZero() ? 1 : 0;
    }

    assertThat(singles).isEqualTo(4 * perSecond);
  }

  @Test
  void manyWithdrawn_costTheNextNothing() {
    RateLimit limit = limit(1);
    enter(limit, 0);
    List<Turn> leaving = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      leaving.add(Turns.using(() -> let.add(-1)));
      limit.enter(leaving.get(i));
    }
    enter(limit, 1);

    assertThat(leaving).allMatch(Turn::withdraw);
    assertThat(limit.waiting()).isEqualTo(1);
    timer.advance(Duration.ofSeconds(1));

    assertThat(let).containsExactly(0, 1);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void turnThatIsOfNoUse_costsNothing() {
    RateLimit limit = limit(1);
    for (int i = 0; i < 100; i++) {
      limit.enter(Turns.of(() -> false));
    }
    enter(limit, 1);
    limit.enter(Turns.of(() -> false));
    enter(limit, 2);

    assertThat(let).containsExactly(1);
    timer.advance(Duration.ofSeconds(1));
    assertThat(let).containsExactly(1, 2);
  }

  /** A message that had its rate turn and leaves while it waits for a permit. */
  @Test
  void withdrawn_whileItWaitsForAPermit_givesItsCreditBack() {
    RateLimit limit = limit(1);
    Permits permits = new Permits(1, 0);
    assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    CallerLimits limits = new CallerLimits(permits, limit);
    Turn leaving = Turns.using(() -> let.add(-1));
    limits.enter(leaving);
    limits.enter(Turns.using(() -> let.add(1)));
    assertThat(limit.waiting()).isEqualTo(1);

    assertThat(leaving.withdraw()).isTrue();
    assertThat(limit.waiting()).as("its credit is the next one's").isZero();
    limits.release(Lane.SINGLE);

    assertThat(let).containsExactly(1);
  }

  /** In any order of events, each turn is given once or withdrawn, in the order of entry. */
  @Test
  void anyOrder_doesWhatASimpleListDoes() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      RateLimit limit = limit(1 + random.nextInt(50));
      List<Turn> came = new ArrayList<>();
      List<Turn> model = new ArrayList<>();
      int seen = 0;
      for (int step = 0; step < 1_000; step++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> {
            boolean isOfUse = random.nextInt(4) > 0;
            Turn[] turn = new Turn[1];
            turn[0] =
                Turns.of(
                    () -> {
                      came.add(turn[0]);
                      return isOfUse;
                    });
            model.add(turn[0]);
            limit.enter(turn[0]);
          }
          case 2 -> {
            if (!model.isEmpty()) {
              assertThat(model.remove(random.nextInt(model.size())).withdraw()).isTrue();
            }
          }
          case 3 -> limit.tryAcquire();
          default -> timer.advance(Duration.ofMillis(random.nextInt(100)));
        }
        for (; seen < came.size(); seen++) {
          assertThat(came.get(seen)).as("seed %s", seed).isSameAs(model.remove(0));
        }
        assertThat(limit.waiting()).isEqualTo(model.size());
      }
      timer.advance(Duration.ofHours(1));
      assertThat(limit.waiting()).as("all had their turn").isZero();
      assertThat(timer.pending()).isZero();
    }
  }

  @Test
  void timerTakesNoTasks_whoEntersHearsSo_andOthersGoOnLater() {
    RateLimit limit = limit(1);
    enter(limit, 0);
    timer.rejectTasks(true);
    assertThatThrownBy(() -> enter(limit, 1)).isInstanceOf(RejectedExecutionException.class);
    assertThat(limit.waiting()).isZero();
    timer.rejectTasks(false);
    enter(limit, 2);
    timer.advance(Duration.ofSeconds(1));

    assertThat(let).containsExactly(0, 2);
  }

  @Test
  void rate_ofNothing_isRefused() {
    assertThatThrownBy(() -> limit(0)).hasMessageContaining("perSecond: 0");
  }

  private void enter(RateLimit limit, int number) {
    limit.enter(Turns.using(() -> let.add(number)));
  }
}
