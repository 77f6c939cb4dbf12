package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.Turns;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PermitsConcurrencyTest {
  private static final int THREADS = 64;
  private static final int TASKS_EACH = 2_000;
  private static final int LIMIT = 7;
  private static final int RESERVED = 2;

  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final Permits permits = new Permits(LIMIT, RESERVED);
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger busyWithBatches = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger mostBatches = new AtomicInteger();
  private final AtomicInteger ran = new AtomicInteger();

  @AfterEach
  void stopWorkers() {
    workers.shutdownNow();
  }

  @Test
  void acquire_manyThreads_neverBeyondTheLimitsAndNoPermitIsLost() throws Exception {
    CountDownLatch done = new CountDownLatch(THREADS * TASKS_EACH);

    Concurrently.run(
            THREADS,
            thread -> {
              Lane lane = thread % 2 == 0 ? Lane.SINGLE : Lane.BATCH;
              for (int i = 0; i < TASKS_EACH; i++) {
                permits.of(lane).enter(Turns.of(() -> work(lane, done)));
              }
              return true;
            })
        .resultsOfAll();

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).hasValue(THREADS * TASKS_EACH);
    assertThat(most.get()).isBetween(1, LIMIT);
    assertThat(mostBatches.get()).isBetween(1, LIMIT - RESERVED);
    workers.shutdown();
    assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(permits.used()).isZero();
    for (int i = 0; i < LIMIT; i++) {
      assertThat(permits.tryAcquire(Lane.SINGLE)).isTrue();
    }
  }

  /** One in three does not use its permit, one finishes immediately, one on another thread. */
  private boolean work(Lane lane, CountDownLatch done) {
    enter(lane);
    ran.incrementAndGet();
    switch (ThreadLocalRandom.current().nextInt(3)) {
      case 0 -> {
        leave(lane);
        done.countDown();
        return false;
      }
      case 1 -> {
        leave(lane);
        permits.release(lane);
        done.countDown();
      }
      default ->
          workers.execute(
              () -> {
                leave(lane);
                permits.release(lane);
                done.countDown();
              });
    }
    return true;
  }

  private void enter(Lane lane) {
    most.accumulateAndGet(busy.incrementAndGet(), Math::max);
    if (lane == Lane.BATCH) {
      mostBatches.accumulateAndGet(busyWithBatches.incrementAndGet(), Math::max);
    }
  }

  private void leave(Lane lane) {
    busy.decrementAndGet();
    if (lane == Lane.BATCH) {
      busyWithBatches.decrementAndGet();
    }
  }

  @Test
  void tryAcquire_manyThreads_neverBeyondTheLimit() throws Exception {
    Concurrently.run(
            THREADS,
            thread -> {
              Lane lane = thread % 2 == 0 ? Lane.SINGLE : Lane.BATCH;
              for (int i = 0; i < TASKS_EACH; i++) {
                if (permits.tryAcquire(lane)) {
                  enter(lane);
                  Thread.onSpinWait();
                  leave(lane);
                  permits.release(lane);
                }
              }
              return true;
            })
        .resultsOfAll();

    assertThat(most.get()).isBetween(1, LIMIT);
    assertThat(mostBatches.get()).isBetween(1, LIMIT - RESERVED);
    assertThat(permits.used()).isZero();
  }
}
