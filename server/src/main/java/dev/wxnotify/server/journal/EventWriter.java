package dev.wxnotify.server.journal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores events, those that wait together, on a thread of its own.
 *
 * <pre>
 *   store(events) ─▶ queue ─▶ all that wait, in one call of the store ─▶ stages complete
 *        │ full                    ▲   │ away: 100 ms      │ refused: halves, down to the one call
 *        ▼                         └───┘                   ▼ that fails
 *   fails at once         4 s after its call a stage fails in any case
 * </pre>
 *
 * <p>While the store is not available, a call waits for its four seconds: WeChat asks a few times
 * only, and would have used them up at once. One that has failed leaves the queue, so that a store
 * that hangs does not fill it.
 *
 * <p>Concurrency: a queue, and one thread that takes from it. {@code pending} counts the events of
 * calls that have not ended; the one who ends a call takes them off.
 */
final class EventWriter {
  /** The most events of calls that have not ended. */
  static final int CAPACITY = 10_000;

  /** The most events that are stored together, unless one call has more. */
  static final int BATCH = 1_000;

  /** When a stage fails. */
  static final Duration LONGEST = Duration.ofSeconds(4);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  private final EventStore store;
  private final StoreState state;
  private final JournalListener listener;
  private final Consumer<List<Event>> added;
  private final Runnable written;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoClock;
  private final BlockingQueue<Call> queue = new LinkedBlockingQueue<>();
  private final AtomicInteger pending = new AtomicInteger();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  /** Events that are stored together, and who waits for that. */
  private final class Call {
    private final List<NewEvent> events;
    private final CompletableFuture<Void> stage = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    Call(List<NewEvent> events) {
      this.events = events;
    }

    void succeed() {
      if (ends()) {
        stage.complete(null);
      }
    }

    void fail(Throwable why) {
      if (ends()) {
        queue.remove(this); // It is at the head, or was taken: all calls wait equally long.
        listener.eventsFailed(events.size());
        stage.completeExceptionally(why);
      }
    }

    private boolean ends() {
      boolean first = ended.compareAndSet(false, true);
      if (first) {
        pending.addAndGet(-events.size());
      }
      return first;
    }
  }

  /**
   * Creates a writer; {@link #start} begins to write.
   *
   * @param added receives those of the stored events that were not known, on the thread of this
   *     writer
   * @param written runs after events were stored, on that thread too
   */
  EventWriter(
      EventStore store,
      StoreState state,
      JournalListener listener,
      Consumer<List<Event>> added,
      Runnable written,
      ScheduledExecutorService timer,
      LongSupplier nanoClock) {
    this.store = store;
    this.state = state;
    this.listener = listener;
    this.added = added;
    this.written = written;
    this.timer = timer;
    this.nanoClock = nanoClock;
    this.thread = JournalThreads.make("events", this::run);
  }

  void start() {
    thread.start();
  }

  /** Stores events, as {@link EventIntake#store} does. */
  CompletionStage<Void> store(List<NewEvent> events) {
    if (events.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    int before = pending.getAndAdd(events.size());
    boolean isFull = before > 0 && before + events.size() > CAPACITY;
    if (isFull || stopping.getCount() == 0) {
      pending.addAndGet(-events.size());
      listener.eventsFailed(events.size());
      return CompletableFuture.failedStage(
          isFull
              ? new JournalUnavailableException("too many events wait for the journal", null)
              : stopped());
    }
    Call call = new Call(events);
    enter(call);
    return call.stage;
  }

  private void enter(Call call) {
    Future<?> deadline;
    try {
      deadline = timer.schedule(() -> call.fail(late()), LONGEST.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      call.fail(stopped());
      return;
    }
    var ignored = call.stage.whenComplete((nothing, why) -> deadline.cancel(false));
    queue.add(call);
    if (stopping.getCount() == 0) {
      call.fail(stopped()); // It came between the first look and now.
    }
  }

  private JournalUnavailableException late() {
    return state.isOpen()
        ? new JournalUnavailableException(
            "the journal did not store the events within " + LONGEST.toSeconds() + " s", null)
        : state.unavailable();
  }

  private static JournalUnavailableException stopped() {
    return new JournalUnavailableException("the server is stopping", null);
  }

  private void run() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        List<Call> calls = take();
        storeAll(calls);
        goesOn = !calls.isEmpty() || stopping.getCount() > 0;
      }
    } catch (InterruptedException e) {
      log.debug("the journal stops while events wait");
    }
  }

  private List<Call> take() throws InterruptedException {
    List<Call> calls = new ArrayList<>();
    int events = 0;
    Call next = stopping.getCount() == 0 ? queue.poll() : queue.take();
    while (next != null) {
      if (!next.ended.get()) {
        calls.add(next);
        events += next.events.size();
      }
      next = events < BATCH ? queue.poll() : null;
    }
    return calls;
  }

  /** Stores what calls bring, in one call of the store if that takes them. */
  private void storeAll(List<Call> calls) throws InterruptedException {
    List<Call> open = calls;
    while (!open.isEmpty()) {
      try {
        add(open);
      } catch (JournalUnavailableException e) {
        if (stopping.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
          open.forEach(call -> call.fail(e));
        }
        open = open.stream().filter(call -> !call.ended.get()).toList();
        continue;
      } catch (RuntimeException | LinkageError e) {
        refuse(open, e);
        return;
      }
      open.forEach(Call::succeed);
      written.run();
      return;
    }
  }

  private void add(List<Call> calls) {
    if (!state.isOpen()) {
      throw state.unavailable();
    }
    List<NewEvent> events = new ArrayList<>();
    calls.forEach(call -> events.addAll(call.events));
    long began = nanoClock.getAsLong();
    List<Event> unknown;
    try {
      unknown = store.add(events);
    } catch (JournalUnavailableException e) {
      state.failed(e);
      throw e;
    }
    state.worked();
    added.accept(unknown);
    listener.eventsStored(
        unknown.size(), events.size() - unknown.size(), nanoClock.getAsLong() - began);
  }

  /** Fails the one call that the store refuses, or parts those that it may be among. */
  private void refuse(List<Call> calls, Throwable why) throws InterruptedException {
    int size = calls.size();
    if (size > 1) {
      storeAll(calls.subList(0, size / 2));
      storeAll(calls.subList(size / 2, size));
    } else {
      log.warn("the store refuses an event: {}", StoreState.text(why));
      calls.get(0).fail(why);
    }
  }

  /** Ends the thread once what waits is stored, or was tried. */
  void stop() {
    stopping.countDown();
    Call nothing = new Call(List.of());
    nothing.succeed();
    queue.add(nothing); // Wakes the thread.
  }

  /** Waits until the thread has ended, for a bounded time, and fails what is left. */
  void awaitStop(Duration patience) throws InterruptedException {
    thread.join(patience.toMillis());
    if (thread.isAlive()) {
      thread.interrupt();
    }
    for (Call call = queue.poll(); call != null; call = queue.poll()) {
      call.fail(stopped());
    }
  }
}
