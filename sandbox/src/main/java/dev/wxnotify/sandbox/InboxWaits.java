package dev.wxnotify.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Waits for messages without a thread for each that waits. */
final class InboxWaits {

  /** Each looks at every event. */
  static final int MOST = 256;

  /** How many events one look takes at a time. */
  private static final int AT_ONCE = 1_000;

  private final Mailbox mailbox;
  private final PushLog pushes;
  private final InboxLog log;
  private final InboxPulse pulse;
  private final AtomicInteger waiting = new AtomicInteger();

  InboxWaits(Mailbox mailbox, PushLog pushes, InboxLog log, InboxPulse pulse) {
    this.mailbox = mailbox;
    this.pushes = pushes;
    this.log = log;
    this.pulse = pulse;
  }

  /** How many wait now. */
  int waiting() {
    return waiting.get();
  }

  /**
   * Waits until at least {@code count} messages match, those that are there already included.
   *
   * @return done when they match or the time is over, or by its {@link Wait#end}; null if too many
   *     wait
   */
  @Nullable Wait start(InboxFilter filter, int count, Duration most) {
    if (waiting.incrementAndGet() > MOST) {
      waiting.decrementAndGet();
      return null;
    }
    Wait wait = new Wait(filter, count);
    wait.begin(most);
    return wait;
  }

  /** One that waits. Everything but the end happens on the thread of the pulse. */
  final class Wait implements Runnable {

    private final InboxFilter filter;
    private final int count;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private volatile @Nullable Future<?> timeout;
    private boolean counted;
    private long seen;
    private int matching;

    private Wait(InboxFilter filter, int count) {
      this.filter = filter;
      this.count = count;
    }

    /** True if enough messages match, false if the time is over. */
    CompletableFuture<Boolean> done() {
      return done;
    }

    /** Nobody waits any more. */
    void end() {
      if (done.cancel(false)) {
        left();
      }
    }

    /** Looks at what is new. */
    @Override
    public void run() {
      if (done.isDone()) {
        return;
      }
      if (!counted || filter.asksForReceipt() || !log.reaches(seen)) {
        countAll();
      }
      boolean more = true;
      while (more && matching < count) {
        List<InboxEvent> events = log.after(seen, AT_ONCE);
        events.forEach(this::take);
        more = events.size() == AT_ONCE;
      }
      if (matching >= count) {
        finish(true);
      }
    }

    private void begin(Duration most) {
      // Before the timer: one that ends first would be followed for ever.
      pulse.follow(this);
      Future<?> later = pulse.after(most, this::lastLook);
      timeout = later;
      if (done.isDone()) {
        later.cancel(false);
      }
    }

    /** Else a short wait could end before its first look. */
    private void lastLook() {
      run();
      finish(false);
    }

    private void countAll() {
      Mailbox.Snapshot now = mailbox.snapshot(Boolean.TRUE.equals(filter.accepted()));
      var receipts = filter.asksForReceipt() ? pushes.newestByMsgid() : null;
      matching =
          (int)
              now.sends().stream()
                  .filter(send -> InboxMessages.matches(filter, send, receipts))
                  .count();
      seen = now.upTo();
      counted = true;
    }

    private void take(InboxEvent event) {
      seen = event.number();
      if (event instanceof InboxEvent.Reset) {
        // Whatever matched is not there any more.
        matching = 0;
      } else if (event instanceof InboxEvent.Message message
          && !filter.asksForReceipt()
          && filter.matches(message.send())) {
        matching++;
      }
    }

    private void finish(boolean enough) {
      if (done.complete(enough)) {
        left();
      }
    }

    private void left() {
      waiting.decrementAndGet();
      pulse.leave(this);
      Future<?> later = timeout;
      if (later != null) {
        later.cancel(false);
      }
    }
  }
}
