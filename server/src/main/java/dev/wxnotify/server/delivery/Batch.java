package dev.wxnotify.server.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.token.TokenResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one batch, from the moment when they are known until each has its outcome.
 *
 * <pre>
 *   add ─▶ line of its app ─▶ token? ─▶ pace of the app ─▶ permit ─▶ one try ─▶ told
 *             ▲  ▲                                                    │  │
 *             │  └── those for the same user wait for its end ────────┘  │
 *             └──── pause ◀── WeChat: busy, or too fast ◀────────────────┘
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
 * <p>All batches together have about as many permits as there are connections to WeChat. So whoever
 * has one should be able to use a connection soon: while the app has no token its line asks for no
 * permit, and of the messages for one user, which go one after the other, one at a time does. What
 * still happens with a permit in hand, the claim of a request id, is short.
 *
 * <p>Whoever waits when the batch ends is taken out of the queues at once; see {@link Turn}.
 *
 * <p>Concurrency: lines and pauses change under {@link #lock}; turns, tries and answers happen
 * outside of it. Each line is moved on by one thread at a time: a loop and no recursion, since a
 * thousand messages may fail on the spot. A line's turn is on record before it enters the queue,
 * and {@link #end} is set before the turns are looked at; so a turn that is about to enter then is
 * withdrawn too.
 *
 * <p>It is long because one lock guards lines and pauses, and every change under it is here.
 */
public final class Batch {
  private static final SendOutcome.NotSent CANCELLED =
      new SendOutcome.NotSent(
          NotSent.Reason.CANCELLED, "cancelled before it was written to WeChat");

  private static final SendOutcome.NotSent OWN_FAULT =
      new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error");

  private final Admission delivery;
  private final MessageSender sender;
  private final Supplier<Duration> timeout;
  private final Runnable begun;

  private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicInteger waiting = new AtomicInteger();

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<Pace, Line> lines = new HashMap<>(2);

  @GuardedBy("lock")
  private final Set<Item> pausing = new HashSet<>();

  /** What those hear that are not begun any more; null while all are. */
  private volatile SendOutcome.@Nullable NotSent end;

  private volatile boolean cancelled;
  private volatile boolean stopped;

  /** One message and what has become of it so far; touched by one step at a time. */
  private static final class Item {
    private final BatchItem what;
    private final Line line;
    private final int weight;
    private final Consumer<Reply> told;
    private int tries;
    private int calls;
    private long firstRefusedNanos;
    private @Nullable Reply lastRefusal;

    Item(BatchItem what, Line line, Consumer<Reply> told) {
      this.what = what;
      this.line = line;
      this.weight = what.message().weight();
      this.told = told;
    }
  }

  /** Those of one app that wait; the fields change under the lock. */
  private static final class Line {
    /** What a user has to whom one message is on its way and for whom none waits. */
    private static final Deque<Item> NONE = new ArrayDeque<>(0);

    private final Gate gate;
    private final Deque<Item> items = new ArrayDeque<>();

    /** Who has a message that asks for a permit or has one, and those that wait for its end. */
    private final Map<String, Deque<Item>> byOpenId = new HashMap<>();

    /** The one that waits for the pace or for a permit; null if none does. */
    private @Nullable Ask ask;

    /** Counts what happens while a thread moves the line on, so that it looks again. */
    private final AtomicInteger moves = new AtomicInteger();

    Line(Gate gate) {
      this.gate = gate;
    }

    /** Takes out who may go next; null if nobody may. */
    @Nullable Item poll() {
      for (Item item = items.poll(); item != null; item = items.poll()) {
        String openId = item.what.message().openId();
        Deque<Item> behind = byOpenId.putIfAbsent(openId, NONE);
        if (behind == null) {
          return item;
        }
        if (behind == NONE) {
          behind = new ArrayDeque<>();
          byOpenId.put(openId, behind);
        }
        behind.add(item);
      }
      return null;
    }

    /** Says that a message is not on its way any more; returns whether one waited for that. */
    boolean ended(Item item) {
      Deque<Item> behind = byOpenId.remove(item.what.message().openId());
      if (behind == null || behind.isEmpty()) {
        return false;
      }
      behind.descendingIterator().forEachRemaining(items::addFirst);
      return true;
    }

    /** Takes everything out. */
    void drainTo(List<Item> all) {
      if (ask != null) {
        all.add(ask.item);
        ask = null;
      }
      all.addAll(items);
      items.clear();
      byOpenId.values().forEach(all::addAll);
      byOpenId.clear();
    }
  }

  /** The turn of a message, first by the pace and then for a permit. */
  private final class Ask extends Turn {
    private final Item item;

    /** What it waits for before; null if the token is there. */
    private volatile @Nullable CompletableFuture<TokenResult> token;

    Ask(Item item) {
      super(item.weight);
      this.item = item;
    }

    @Override
    protected boolean use() {
      return begin(this);
    }

    void leave() {
      withdraw();
      CompletableFuture<TokenResult> pending = token;
      if (pending != null) {
        pending.cancel(false);
      }
    }
  }

  /**
   * Opens a batch.
   *
   * @param timeout how long a try that begins now may take
   * @param begun runs whenever a message no longer waits; on any thread
   */
  Batch(Admission delivery, MessageSender sender, Supplier<Duration> timeout, Runnable begun) {
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
  public void add(BatchItem what, Consumer<Reply> told) {
    Item item;
    Line line;
    SendOutcome.NotSent over;
    synchronized (lock) {
      over = end;
      // An app whose configuration changes keeps its pace, and so its messages their order.
      line = lines.computeIfAbsent(what.app().pace(), this::newLine);
      item = new Item(what, line, told);
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

  private Line newLine(Pace pace) {
    return new Line(new GateChain(pace, delivery.admission()));
  }

  /** Returns the weight of the messages that wait for their try. */
  public int waiting() {
    return waiting.get();
  }

  /**
   * Begins no more tries: what waits for one ends with {@code why}, or with what WeChat said last.
   */
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
    List<Ask> asking = new ArrayList<>(1);
    synchronized (lock) {
      if (end == null) {
        end = why;
      }
      for (Line line : lines.values()) {
        if (line.ask != null) {
          asking.add(line.ask);
        }
        line.drainTo(all);
      }
      all.addAll(pausing);
      pausing.clear();
      all.forEach(item -> waiting.addAndGet(-item.weight));
    }
    asking.forEach(Ask::leave);
    return all;
  }

  /** Tells one that is not tried any more. */
  private void dismiss(Item item, SendOutcome.NotSent why) {
    Reply last = item.lastRefusal;
    Reply answer = last == null ? new Reply(why, false) : last;
    delivery.report(order(item, Duration.ZERO), answer, item.calls);
    item.told.accept(answer);
  }

  private void move(Line line) {
    int seen = line.moves.incrementAndGet();
    if (seen != 1) {
      return; // Another call of this, on this thread or another, looks again.
    }
    do {
      Ask ask = nextAsk(line);
      if (ask != null) {
        enter(line, ask);
      }
      seen = line.moves.addAndGet(-seen);
    } while (seen != 0);
  }

  private @Nullable Ask nextAsk(Line line) {
    synchronized (lock) {
      Item next = line.ask == null ? line.poll() : null;
      line.ask = next == null ? line.ask : new Ask(next);
      return next == null ? null : line.ask;
    }
  }

  /** Has a message wait for its app's token, if there is none, and then for its turn. */
  private void enter(Line line, Ask ask) {
    try {
      CompletableFuture<TokenResult> token = ask.item.what.app().tokens().acquire();
      if (token.isDone()) {
        line.gate.enter(ask);
        return;
      }
      ask.token = token;
      if (end != null) {
        ask.leave();
      }
      // With a token or without: a message that has its turn hears why there is none.
      var ignored = token.whenComplete((result, fault) -> enterGuarded(line, ask));
    } catch (Throwable fault) {
      fail(line, ask, fault);
    }
  }

  private void enterGuarded(Line line, Ask ask) {
    try {
      line.gate.enter(ask);
    } catch (Throwable fault) {
      fail(line, ask, fault);
    }
  }

  /** A fault of this server, such as a timer that takes no tasks: the next one has its chance. */
  private void fail(Line line, Ask ask, Throwable fault) {
    if (ask.withdraw() && isTaken(line, ask)) {
      failUnsent(ask.item, fault);
      move(line);
    }
  }

  private void failUnsent(Item item, Throwable fault) {
    sender.faults().write("a batch item failed unexpectedly before its attempt", fault);
    synchronized (lock) {
      item.line.ended(item);
    }
    dismiss(item, OWN_FAULT);
  }

  /** Takes a message from its turn to its try; returns false if the batch has ended meanwhile. */
  private boolean isTaken(Line line, Ask ask) {
    synchronized (lock) {
      if (line.ask != ask) {
        return false;
      }
      line.ask = null;
      waiting.addAndGet(-ask.item.weight);
      return true;
    }
  }

  /** There is a permit for the message. Returns whether it makes use of it. */
  private boolean begin(Ask ask) {
    Line line = ask.item.line;
    if (!isTaken(line, ask)) {
      return false;
    }
    boolean used = tryOnce(ask.item);
    tellBegun();
    move(line);
    return used;
  }

  private void tellBegun() {
    try {
      begun.run();
    } catch (Throwable fault) {
      sender.faults().write("a batch failed unexpectedly while it continued", fault);
    }
  }

  private boolean tryOnce(Item item) {
    Order order;
    try {
      order = order(item, timeout.get());
    } catch (Throwable fault) {
      failUnsent(item, fault);
      return false;
    }
    item.tries++;
    int callsBefore = item.calls;
    Delivery sent = delivery.deliverAdmitted(order, item.weight, item.calls);
    underWay.add(sent);
    var ignored =
        sent.answer()
            .thenAccept(
                answer -> {
                  underWay.remove(sent);
                  item.calls = sent.calls();
                  if (item.calls == callsBefore && isWithoutCall(answer)) {
                    item.what.app().pace().giveBack(item.weight);
                  }
                  boolean othersWaited = hasEnded(item);
                  onAnswer(item, order, answer);
                  if (othersWaited) {
                    move(item.line);
                  }
                });
    if (cancelled) {
      sent.cancel(); // The caller left between the first look and now.
    } else if (stopped) {
      sent.stop();
    }
    return true;
  }

  /** Whether WeChat need not be asked for such an answer; then the next message has the turn. */
  private static boolean isWithoutCall(Reply answer) {
    return answer.replayed()
        || (answer.outcome() instanceof NotSent no
            && no.reason() == NotSent.Reason.USER_NOT_SUBSCRIBED);
  }

  private boolean hasEnded(Item item) {
    synchronized (lock) {
      return item.line.ended(item);
    }
  }

  private void onAnswer(Item item, Order order, Reply answer) {
    if (!Admission.isThrottled(order, answer)) {
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
    try {
      var ignored = sender.timer().schedule(() -> resume(item), nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      sender.faults().write("a batch item cannot be scheduled for its next attempt", e);
      return !isPausing(item);
    }
  }

  /** Ends a pause; returns false if the batch has ended meanwhile, and the message was told. */
  private boolean isPausing(Item item) {
    synchronized (lock) {
      boolean was = pausing.remove(item);
      if (was) {
        waiting.addAndGet(-item.weight);
      }
      return was;
    }
  }

  private void resume(Item item) {
    synchronized (lock) {
      if (!pausing.remove(item)) {
        return; // The batch ended meanwhile, and the message was told.
      }
      item.line.items.addFirst(item);
    }
    move(item.line);
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
        what.trace(),
        what.receivedAt(),
        what.skipUnlessSubscribed());
  }
}
