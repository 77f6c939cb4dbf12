package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What all gates have in common: each turn is given once or withdrawn, in the order of entry; a
 * withdrawn turn leaves immediately and costs nothing.
 */
final class GateTest {
  private static final int STEPS = 20_000;

  /** A gate that a test can inspect. */
  private record Subject(Gate gate, IntSupplier waiting, FakeScheduler timer) {}

  /** The kinds of gates in this package. */
  enum Kind {
    PERMITS,
    PACE,
    PACE_THEN_PERMITS;

    private Subject subject() {
      FakeClock clock = new FakeClock();
      FakeScheduler timer = new FakeScheduler(clock);
      Permits permits = new Permits(this == PERMITS ? 3 : 2, 1);
      Pace pace = new Pace("wx-app", clock.nanos(), timer);
      for (int i = 0; i < 100; i++) {
        pace.taken(clock.nanos().getAsLong());
      }
      for (int i = 0; i < 100; i++) {
        pace.refused(clock.nanos().getAsLong());
      }
      assertThat(pace.perSecond()).isPresent();
      Gate batches = permits.of(Lane.BATCH);
      return switch (this) {
        case PERMITS -> new Subject(batches, () -> permits.waiting(Lane.BATCH), timer);
        case PACE -> new Subject(pace, pace::waiting, timer);
        case PACE_THEN_PERMITS ->
            new Subject(
                new GateChain(pace, batches),
                () -> pace.waiting() + permits.waiting(Lane.BATCH),
                timer);
      };
    }

    boolean hasPermits() {
      return this != PACE;
    }
  }

  /** A turn with its number, which records what happened to it. */
  private static final class Numbered extends Turn {
    private final int number;
    private final boolean isOfUse;
    private final List<Numbered> came;
    private int uses;

    Numbered(int number, boolean isOfUse, List<Numbered> came) {
      super(1);
      this.number = number;
      this.isOfUse = isOfUse;
      this.came = came;
    }

    @Override
    protected boolean use() {
      uses++;
      came.add(this);
      return isOfUse;
    }
  }

  /** In any order of events, the gate behaves like a simple list of waiting turns. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void anyOrder_eachComesOnceOrIsWithdrawn_inTheOrderOfEntry(Kind kind) {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Subject subject = kind.subject();
      List<Numbered> came = new ArrayList<>();
      Deque<Numbered> model = new ArrayDeque<>();
      int held = 0;
      int seen = 0;
      for (int step = 0; step < STEPS / 20; step++) {
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            Numbered turn = new Numbered(step, random.nextInt(3) > 0, came);
            if (random.nextInt(10) == 0) {
              assertThat(turn.withdraw()).as("before it enters").isTrue();
            } else {
              model.add(turn);
            }
            subject.gate.enter(turn);
          }
          case 2 -> {
            if (!model.isEmpty()) {
              Numbered leaving = new ArrayList<>(model).get(random.nextInt(model.size()));
              assertThat(leaving.withdraw()).isTrue();
              assertThat(leaving.withdraw()).as("twice").isFalse();
              model.remove(leaving);
            }
          }
          default -> {
            if (held > 0 && kind.hasPermits()) {
              held--;
              subject.gate.giveBack(1);
            }
            subject.timer.advance(Duration.ofMillis(random.nextInt(30)));
          }
        }
        for (; seen < came.size(); seen++) {
          assertThat(came.get(seen)).as("seed %s", seed).isSameAs(model.poll());
          held += came.get(seen).isOfUse ? 1 : 0;
        }
        assertThat(subject.waiting.getAsInt()).as("waiting, seed %s", seed).isEqualTo(model.size());
      }
      assertThat(came).isNotEmpty().allMatch(turn -> turn.uses == 1);
      assertThat(came).noneMatch(Turn::withdraw);
    }
  }

  /** As when thousands of streams are cancelled while one caller among them waits. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void manyWithdrawn_theNextOneComesAsIfTheyHadNotBeen(Kind kind) {
    Subject subject = kind.subject();
    List<Numbered> came = new ArrayList<>();
    Numbered holder = new Numbered(0, true, came);
    subject.gate.enter(holder);
    while (subject.waiting.getAsInt() == 0) {
      subject.gate.enter(new Numbered(0, true, came));
    }
    int before = came.size();
    List<Numbered> leaving = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      leaving.add(new Numbered(i, true, came));
      subject.gate.enter(leaving.get(i));
    }
    Numbered patient = new Numbered(-1, true, came);
    subject.gate.enter(patient);

    assertThat(leaving).allMatch(Turn::withdraw);
    assertThat(subject.waiting.getAsInt()).isEqualTo(2);

    for (int i = 0; i < 2; i++) {
      if (kind.hasPermits()) {
        subject.gate.giveBack(1);
      }
      subject.timer.advance(Duration.ofMillis(100));
    }
    assertThat(came).hasSize(before + 2).last().isSameAs(patient);
  }

  /** As when batches end at the moment when their turns come. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void manyNotUsed_theNextOneComesAsIfTheyHadNotBeen(Kind kind) {
    Subject subject = kind.subject();
    List<Numbered> came = new ArrayList<>();
    while (subject.waiting.getAsInt() == 0) {
      subject.gate.enter(new Numbered(0, true, came));
    }
    for (int i = 0; i < 1_000; i++) {
      subject.gate.enter(new Numbered(i, false, came));
    }
    Numbered patient = new Numbered(-1, true, came);
    subject.gate.enter(patient);

    for (int i = 0; i < 2; i++) {
      if (kind.hasPermits()) {
        subject.gate.giveBack(1);
      }
      subject.timer.advance(Duration.ofMillis(100));
    }

    assertThat(came).last().isSameAs(patient);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void largeOneInFront_leaves_thoseBehindComeIn(boolean isFirst) {
    Permits permits = new Permits(4, 0);
    Gate gate = permits.of(Lane.BATCH);
    List<Numbered> came = new ArrayList<>();
    gate.enter(new Numbered(0, true, came));
    Turn other = new Numbered(1, true, came);
    Turn large =
        new Turn(4) {
          @Override
          protected boolean use() {
            throw new AssertionError("it has left");
          }
        };
    if (!isFirst) {
      assertThat(permits.tryAcquire(Lane.BATCH, 3)).isTrue();
      gate.enter(other);
    }
    gate.enter(large);
    gate.enter(new Numbered(2, true, came));
    assertThat(came).hasSize(1);

    large.withdraw();

    assertThat(came).hasSize(isFirst ? 2 : 1);
    if (!isFirst) {
      permits.release(Lane.BATCH, 3);
      assertThat(came).hasSize(3);
    }
  }

  /** Each thread enters and leaves while permits change: always exactly one of the two wins. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void withdrawAndTurnAtTheSameMoment_oneOfThemWins(Kind kind) throws Exception {
    int threads = 8;
    int each = 5_000;
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      Permits permits = new Permits(3, 1);
      Pace pace = new Pace("wx-app", System::nanoTime, timer);
      for (int i = 0; i < 10_000; i++) {
        pace.taken(System.nanoTime());
      }
      for (int i = 0; i < 10_000; i++) {
        pace.refused(System.nanoTime());
      }
      Gate batches = permits.of(Lane.BATCH);
      Gate gate =
          switch (kind) {
            case PERMITS -> batches;
            case PACE -> pace;
            case PACE_THEN_PERMITS -> new GateChain(pace, batches);
          };
      AtomicInteger came = new AtomicInteger();
      AtomicInteger withdrawn = new AtomicInteger();
      AtomicInteger both = new AtomicInteger();
      Concurrently.run(
              threads,
              thread -> {
                Deque<Turn> mine = new ArrayDeque<>();
                for (int i = 0; i < each; i++) {
                  AtomicInteger uses = new AtomicInteger();
                  boolean isOfUse = i % 3 > 0;
                  Turn turn =
                      new Turn(1) {
                        @Override
                        protected boolean use() {
                          came.incrementAndGet();
                          both.addAndGet(uses.getAndIncrement());
                          if (isOfUse && kind.hasPermits()) {
                            permits.release(Lane.BATCH);
                          }
                          return isOfUse;
                        }
                      };
                  mine.add(turn);
                  gate.enter(turn);
                  if (mine.size() > 4 && mine.remove().withdraw()) {
                    withdrawn.incrementAndGet();
                  }
                }
                for (Turn turn : mine) {
                  if (turn.withdraw()) {
                    withdrawn.incrementAndGet();
                  }
                }
                return thread;
              })
          .resultsOfAll();
      timer.shutdown();
      assertThat(timer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();

      assertThat(came.get() + withdrawn.get()).isEqualTo(threads * each);
      assertThat(both).as("turns that came twice").hasValue(0);
      assertThat(permits.used()).isZero();
      assertThat(permits.waiting(Lane.BATCH) + pace.waiting()).isZero();
    } finally {
      timer.shutdownNow();
    }
  }

  @Test
  void withdraw_atARecipient_leavesTheTurnToTheNext() {
    RecipientQueues queues = new RecipientQueues();
    RecipientQueues.Recipient ann = new RecipientQueues.Recipient("app", "ann");
    List<Numbered> came = new ArrayList<>();
    Numbered first = new Numbered(0, true, came);
    Numbered leaving = new Numbered(1, true, came);
    Numbered last = new Numbered(2, true, came);
    queues.enter(ann, first);
    queues.enter(ann, leaving);
    queues.enter(ann, last);

    assertThat(leaving.withdraw()).isTrue();
    queues.leave(ann);
    assertThat(came).containsExactly(first, last);
    queues.leave(ann);

    assertThat(queues.size()).isZero();
    assertThat(first.number).isZero();
  }

  /** However long the message before it takes. */
  @Test
  void withdraw_atARecipient_isNoLongerHeld() throws Exception {
    RecipientQueues queues = new RecipientQueues();
    RecipientQueues.Recipient ann = new RecipientQueues.Recipient("app", "ann");
    queues.enter(ann, new Numbered(0, true, new ArrayList<>()));

    WeakReference<Turn> left = enterAndLeave(queues, ann);

    Await.until(
        "nothing holds it",
        () -> {
          System.gc();
          return left.get() == null;
        });
    assertThat(queues.size()).isEqualTo(1);
  }

  private static WeakReference<Turn> enterAndLeave(
      RecipientQueues queues, RecipientQueues.Recipient recipient) {
    Turn leaving = new Numbered(1, true, new ArrayList<>());
    queues.enter(recipient, leaving);
    assertThat(leaving.withdraw()).isTrue();
    return new WeakReference<>(leaving);
  }
}
