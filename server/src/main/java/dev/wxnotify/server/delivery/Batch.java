package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.Permits.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one batch, from the moment when they are known until each has its outcome.
 *
 * <pre>
 *   add ─▶ line of its app ─▶ pace of the app ─▶ permit ─▶ one try ─▶ told
 *             ▲                                               │
 *             └──── pause ◀── WeChat: busy, or too fast ◀─────┘
 * </pre>
 *
 * <p>A message's own time begins with its try, not before: while it waits for the pace or for a
 * permit it grows no older, so that a slow pace makes a long batch and not a failed one. One that
 * WeChat throttles (-1, 45011) was surely not taken; it goes back to the head of its line, holding
 * neither permit nor request id meanwhile, for as long as the {@link RetryPolicy} has patience.
 *
 * <p>Of each line one message at most waits for the pace, or for a permit: so batches take turns
 * there, whatever their size, and an app that is slow holds up only its own line.
 *
 * <p>Concurrency: lines and pauses change under {@link #lock}; turns, tries and answers happen
 * outside of it. Each line is moved on by one thread at a time: a loop and no recursion, since a
 * thousand messages may fail on the spot.
 */
public final class Batch {
  private static final SendOutcome.NotSent CANCELLED =
      new SendOutcome.NotSent(Hindrance.CANCELLED, "cancelled before it was written to WeChat");

  private final MessageDelivery delivery;
  private final MessageSender sender;
  private final Supplier<Duration> timeout;
  private final Runnable begun;

  private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicInteger waiting = new AtomicInteger();

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<App, Line> lines = new HashMap<>(2);

  @GuardedBy("lock")
  private final Set<Item> pausing = new HashSet<>();

  /** What those hear that are not begun any more; null while all are. */
  @GuardedBy("lock")
  private SendOutcome.@Nullable NotSent end;

  private volatile boolean cancelled;
  private volatile boolean stopped;

  /** One message and what has become of it so far; touched by one step at a time. */
  private static final class Item {
    private final BatchItem what;
    private final int weight;
    private final Consumer<Delivered> told;
    private int tries;
    private int calls;
    private long firstRefusedNanos;
    private @Nullable Delivered lastRefusal;

    Item(BatchItem what, Consumer<Delivered> told) {
      this.what = what;
      this.weight = what.message().weight();
      this.told = told;
    }
  }

  /** Those of one app that wait; the fields change under the lock. */
  private static final class Line {
    private final App app;
    private final Deque<Item> items = new ArrayDeque<>();

    /** The one that has its turn by the pace and waits for a permit. */
    private @Nullable Item next;

    /** Whether one of the line waits for the pace or for a permit. */
    private boolean asking;

    /** Counts what happens while a thread moves the line on, so that it looks again. */
    private final AtomicInteger moves = new AtomicInteger();

    Line(App app) {
      this.app = app;
    }
  }

  /**
   * Opens a batch.
   *
   * @param timeout how long a try that begins now may take
   * @param begun runs whenever a message no longer waits; on any thread
   */
  Batch(
      MessageDelivery delivery, MessageSender sender, Supplier<Duration> timeout, Runnable begun) {
    this.delivery = delivery;
    this.sender = sender;
    this.timeout = timeout;
    this.begun = begun;
  }

  /**
   * Takes a message.
   *
   * @param told hears of its outcome, once, on any thread
   */
  public void add(BatchItem what, Consumer<Delivered> told) {
    Item item = new Item(what, told);
    Line line;
    SendOutcome.NotSent over;
    synchronized (lock) {
      over = end;
      line = lines.computeIfAbsent(what.app(), Line::new);
      if (over == null) {
        line.items.addLast(item);
        waiting.addAndGet(item.weight);
      }
    }
    if (over == null) {
      move(line);
    } else {
      dismiss(item, over);
    }
  }

  /** Returns the weight of the messages that wait for their try. */
  public int waiting() {
    return waiting.get();
  }

  /** Begins no more tries: whoever waits for one is told {@code why}, or what WeChat said last. */
  public void end(SendOutcome.NotSent why) {
    takeAllThatWait(why).forEach(item -> dismiss(item, why));
  }

  /** Ends, and gives up what is under way too: the server cannot wait any longer. */
  public void stop(SendOutcome.NotSent why) {
    stopped = true;
    end(why);
    underWay.forEach(Delivery::stop);
  }

  /** Ends, and gives up what is under way and not written: nobody listens any more. */
  public void cancel() {
    cancelled = true;
    end(CANCELLED);
    underWay.forEach(Delivery::cancel);
  }

  private List<Item> takeAllThatWait(SendOutcome.NotSent why) {
    List<Item> all = new ArrayList<>();
    synchronized (lock) {
      if (end == null) {
        end = why;
      }
      for (Line line : lines.values()) {
        if (line.next != null) {
          all.add(line.next);
          line.next = null;
        }
        all.addAll(line.items);
        line.items.clear();
      }
      all.addAll(pausing);
      pausing.clear();
      all.forEach(item -> waiting.addAndGet(-item.weight));
    }
    return all;
  }

  /** Tells one that is not tried any more. */
  private void dismiss(Item item, SendOutcome.NotSent why) {
    Delivered last = item.lastRefusal;
    Delivered answer = last == null ? new Delivered(why, false) : last;
    delivery.report(order(item, Duration.ZERO), answer, item.calls);
    item.told.accept(answer);
  }

  private void move(Line line) {
    int seen = line.moves.incrementAndGet();
    if (seen != 1) {
      return; // Another call of this, on this thread or another, looks again.
    }
    do {
      if (asks(line)) {
        line.app.pace().enter(() -> onTurn(line));
      }
      seen = line.moves.addAndGet(-seen);
    } while (seen != 0);
  }

  private boolean asks(Line line) {
    synchronized (lock) {
      if (line.asking || line.items.isEmpty()) {
        return false;
      }
      line.asking = true;
      return true;
    }
  }

  private void onTurn(Line line) {
    Item item;
    synchronized (lock) {
      item = line.items.poll();
      line.next = item;
      line.asking = item != null;
    }
    if (item != null) {
      delivery.admit(item.weight, () -> begin(line, item));
    }
  }

  /** There is a permit for the message. Returns whether it makes use of it. */
  private boolean begin(Line line, Item item) {
    boolean wanted;
    synchronized (lock) {
      wanted = line.next == item;
      line.next = null;
      line.asking = false;
      if (wanted) {
        waiting.addAndGet(-item.weight);
      }
    }
    if (wanted) {
      tryOnce(item);
      begun.run();
    }
    move(line);
    return wanted;
  }

  private void tryOnce(Item item) {
    Order order = order(item, timeout.get());
    item.tries++;
    Delivery sent = delivery.deliverAdmitted(order, item.weight, item.calls);
    underWay.add(sent);
    var ignored =
        sent.answer()
            .thenAccept(
                answer -> {
                  underWay.remove(sent);
                  item.calls = sent.calls();
                  onAnswer(item, order, answer);
                });
    if (cancelled) {
      sent.cancel(); // The caller left between the first look and now.
    } else if (stopped) {
      sent.stop();
    }
  }

  private void onAnswer(Item item, Order order, Delivered answer) {
    if (!MessageDelivery.isThrottled(order, answer)) {
      item.told.accept(answer);
      return;
    }
    long now = sender.nanoClock().getAsLong();
    if (item.lastRefusal == null) {
      item.firstRefusedNanos = now;
    }
    item.lastRefusal = answer;
    Duration since = Duration.ofNanos(now - item.firstRefusedNanos);
    if (!sender.retryPolicy().keepsThrottled(since) || !pause(item)) {
      delivery.report(order, answer, item.calls);
      item.told.accept(answer);
    }
  }

  /** Has the message wait and then stand in line again; returns false if the batch has ended. */
  private boolean pause(Item item) {
    synchronized (lock) {
      if (end != null) {
        return false;
      }
      pausing.add(item);
      waiting.addAndGet(item.weight);
    }
    long nanos = sender.retryPolicy().pauseAfter(item.tries).toNanos();
    var ignored = sender.timer().schedule(() -> resume(item), nanos, TimeUnit.NANOSECONDS);
    return true;
  }

  private void resume(Item item) {
    Line line;
    synchronized (lock) {
      line = lines.get(item.what.app());
      if (line == null || !pausing.remove(item)) {
        return; // The batch ended meanwhile, and the message was told.
      }
      line.items.addFirst(item);
    }
    move(line);
  }

  private static Order order(Item item, Duration timeout) {
    BatchItem what = item.what;
    return new Order(
        what.app(),
        what.message(),
        what.kind(),
        what.caller(),
        what.requestId(),
        Lane.BATCH,
        timeout,
        what.trace());
  }
}
