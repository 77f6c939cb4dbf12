package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.RecipientQueues.Recipient;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RecipientQueuesConcurrencyTest {
  private static final int THREADS = 64;
  private static final int TURNS_EACH = 2_000;

  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final RecipientQueues queues = new RecipientQueues();
  private final List<Line> lines =
      List.of(new Line("ann"), new Line("bob"), new Line("cleo"), new Line("dan"), new Line("eve"));
  private final CountDownLatch done = new CountDownLatch(THREADS * TURNS_EACH);

  /** The events at one recipient; a plain list, since only one thread at a time may use it. */
  private final class Line {
    final Recipient recipient;
    final AtomicInteger busy = new AtomicInteger();
    final AtomicInteger clashes = new AtomicInteger();
    final List<int[]> turns = new ArrayList<>();

    Line(String openId) {
      this.recipient = new Recipient("app", openId);
    }

    void enter(int thread, int number) {
      queues.enter(recipient, Turns.of(() -> takeTurn(thread, number)));
    }

    private boolean takeTurn(int thread, int number) {
      if (busy.getAndIncrement() != 0) {
        clashes.incrementAndGet();
      }
      turns.add(new int[] {thread, number});
      switch (ThreadLocalRandom.current().nextInt(3)) {
        case 0 -> {
          busy.decrementAndGet();
          done.countDown();
          return false;
        }
        case 1 -> leave();
        default -> workers.execute(this::leave);
      }
      return true;
    }

    private void leave() {
      busy.decrementAndGet();
      queues.leave(recipient);
      done.countDown();
    }
  }

  @AfterEach
  void stopWorkers() {
    workers.shutdownNow();
  }

  @Test
  void enter_manyThreads_oneAtATimeInOrderAndNothingStays() throws Exception {
    Concurrently.run(
            THREADS,
            thread -> {
              for (int i = 0; i < TURNS_EACH; i++) {
                lines.get(i % lines.size()).enter(thread, i);
              }
              return true;
            })
        .resultsOfAll();

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    workers.shutdown();
    assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(queues.size()).isZero();
    assertThat(lines).allSatisfy(line -> assertThat(line.clashes).hasValue(0));
    assertThat(lines.stream().mapToInt(line -> line.turns.size()).sum())
        .isEqualTo(THREADS * TURNS_EACH);
    for (int thread = 0; thread < THREADS; thread++) {
      int one = thread;
      assertThat(lines)
          .allSatisfy(
              line ->
                  assertThat(line.turns.stream().filter(t -> t[0] == one).map(t -> t[1]))
                      .isSorted());
    }
  }
}
