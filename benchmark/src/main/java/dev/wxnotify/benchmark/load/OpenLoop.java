package dev.wxnotify.benchmark.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends at a fixed rate, independent of the answers. A latency counts from the moment at which the
 * message was due, so that a stall shows in every message that it delayed, not only in one.
 */
final class OpenLoop {
  private OpenLoop() {}

  static LoadResult run(Sender sender, Load load) throws InterruptedException {
    Tally tally = new Tally();
    int messages = (int) (load.perSecond() * load.seconds());
    CountDownLatch unanswered = new CountDownLatch(messages);
    long begun = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      long due = begun + i * TimeUnit.SECONDS.toNanos(1) / load.perSecond();
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      sender.send(
          i,
          error -> {
            tally.answered(due, error);
            unanswered.countDown();
          });
    }
    unanswered.await();
    return tally.result();
  }
}
