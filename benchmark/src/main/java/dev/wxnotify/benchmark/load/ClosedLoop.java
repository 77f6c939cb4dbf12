package dev.wxnotify.benchmark.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps a number of messages in flight: each answer sends the next message. */
final class ClosedLoop {
  private final Sender sender;
  private final Tally tally = new Tally();
  private final Limit limit;
  private final AtomicLong next = new AtomicLong();
  private final CountDownLatch slots;

  private ClosedLoop(Sender sender, Load load) {
    this.sender = sender;
    this.limit = new Limit(load);
    this.slots = new CountDownLatch(load.inFlight());
  }

  static LoadResult run(Sender sender, Load load) throws InterruptedException {
    ClosedLoop loop = new ClosedLoop(sender, load);
    for (int i = 0; i < load.inFlight(); i++) {
      loop.new Slot().next();
    }
    loop.slots.await();
    return loop.tally.result();
  }

  /** Sends one message after another. */
  private final class Slot implements Sender.Answered {
    private long sentNanos;

    void next() {
      long index = next.getAndIncrement();
      sentNanos = System.nanoTime();
      if (limit.isReached(index, sentNanos)) {
        slots.countDown();
      } else {
        sender.send(index, this);
      }
    }

    @Override
    public void answered(String error) {
      tally.answered(sentNanos, error);
      next();
    }
  }
}
