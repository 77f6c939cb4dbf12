package dev.wxnotify.server.journal;

import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.message.MessageKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records of messages, many at a time, on a thread of its own.
 *
 * <pre>
 *   offer ─▶ queue ─▶ first record ─▶ 100 ms, or a full batch ─▶ store ─▶ next batch
 *     │ full                            ▲     │ away: a pause, up to 5 s
 *     ▼                                 └─────┘
 *   dropped, counted                          │ refused: halves, down to the one that is dropped
 * </pre>
 *
 * <p>So a process that is killed loses what the last tenth of a second brought, and what the store
 * has not taken yet. Whoever offers never waits. Messages that never left the server, as those of
 * an overload, leave half of the queue to the others.
 *
 * <p>A stop writes what is left for a bounded time.
 *
 * <p>Concurrency: a bounded queue, and one thread that takes from it.
 */
final class MessageWriter {
  /** The most records that wait. */
  static final int CAPACITY = 20_000;

  /** The most records that are written together. */
  static final int BATCH = 1_000;

  private static final Duration LINGER = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration REFUSAL_REPORTS = Duration.ofMinutes(1);

  /** Wakes the thread when it has to stop. */
  private static final MessageRecord STOP =
      new MessageRecord(
          "",
          "",
          "",
          "",
          "",
          "",
          MessageKind.SUBSCRIBE,
          Outcome.NOT_SENT,
          "",
          null,
          Instant.EPOCH,
          Instant.EPOCH,
          0);

  private static final Logger log = LoggerFactory.getLogger(MessageWriter.class);

  private final MessageStore store;
  private final StoreState state;
  private final WriteOutage outage;
  private final JournalListener listener;
  private final Runnable written;
  private final LongSupplier nanoClock;
  private final BlockingQueue<MessageRecord> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  /** How many records the thread has taken and neither written nor dropped. */
  private final AtomicInteger held = new AtomicInteger();

  private volatile long stopNanos;
  private long refusalReportedNanos;
  private long refusals;

  /**
   * Creates a writer; {@link #start} begins to write.
   *
   * @param written runs after records were written, on the thread of this writer
   */
  MessageWriter(
      MessageStore store,
      StoreState state,
      WriteOutage outage,
      JournalListener listener,
      Runnable written,
      LongSupplier nanoClock) {
    this.store = store;
    this.state = state;
    this.outage = outage;
    this.listener = listener;
    this.written = written;
    this.nanoClock = nanoClock;
    this.thread = JournalThreads.make("messages", this::run);
  }

  void start() {
    thread.start();
  }

  /** Takes a record, or drops it where too many wait. Never waits. */
  void offer(MessageRecord message) {
    boolean isMinor = message.outcome() == Outcome.NOT_SENT && message.attempts() == 0;
    if ((isMinor && queue.size() >= CAPACITY / 2) || !queue.offer(message)) {
      drop(1);
    }
  }

  /** Returns how many records wait. */
  int waiting() {
    return queue.size();
  }

  private void drop(int count) {
    outage.dropped(count);
    listener.messagesDropped(count);
  }

  private void run() {
    List<MessageRecord> batch = new ArrayList<>(BATCH);
    try {
      while (take(batch)) {
        write(batch);
        batch.clear();
      }
    } catch (InterruptedException e) {
      log.debug("the journal stops while records wait");
    }
  }

  /** Fills a batch; returns false where nothing is left and the writer stops. */
  private boolean take(List<MessageRecord> batch) throws InterruptedException {
    MessageRecord first = isStopping() ? queue.poll() : queue.take();
    while (STOP.equals(first)) {
      first = queue.poll();
    }
    if (first == null) {
      return false;
    }
    batch.add(SafeTexts.of(first));
    if (queue.size() < BATCH - 1) {
      awaitStopping(LINGER);
    }
    MessageRecord next = queue.poll();
    while (next != null) {
      if (!STOP.equals(next)) {
        batch.add(SafeTexts.of(next));
      }
      next = batch.size() < BATCH ? queue.poll() : null;
    }
    return true;
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private boolean awaitStopping(Duration time) throws InterruptedException {
    return stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void write(List<MessageRecord> batch) throws InterruptedException {
    held.set(batch.size());
    Deque<List<MessageRecord>> parts = new ArrayDeque<>();
    parts.push(List.copyOf(batch));
    Duration pause = FIRST_PAUSE;
    while (!parts.isEmpty()) {
      List<MessageRecord> part = parts.peek();
      long began = nanoClock.getAsLong();
      try {
        add(part);
      } catch (JournalUnavailableException e) {
        outage.begin(StoreState.text(e));
        pause(pause);
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        continue;
      } catch (RuntimeException | LinkageError e) {
        parts.pop();
        refuse(part, e, parts);
        continue;
      }
      parts.pop();
      pause = FIRST_PAUSE;
      tellWritten(part.size(), nanoClock.getAsLong() - began);
    }
  }

  private void add(List<MessageRecord> part) {
    if (!state.isOpen()) {
      throw state.unavailable();
    }
    try {
      store.add(part);
    } catch (JournalUnavailableException e) {
      state.failed(e);
      throw e;
    }
    state.worked();
  }

  private void tellWritten(int count, long nanos) {
    held.addAndGet(-count);
    listener.messagesWritten(count, nanos);
    if (queue.size() < CAPACITY / 2) {
      outage.end();
    }
    written.run();
  }

  /** Waits for the store; ends the thread where it stops and the time for that is over. */
  private void pause(Duration pause) throws InterruptedException {
    if (!isStopping()) {
      if (state.isOpen()) {
        awaitStopping(pause);
      } else if (!state.awaitOpen(FIRST_PAUSE)) {
        awaitStopping(FIRST_PAUSE);
      }
    } else if (nanoClock.getAsLong() - stopNanos < 0) {
      TimeUnit.NANOSECONDS.sleep(FIRST_PAUSE.toNanos());
    } else {
      throw new InterruptedException();
    }
  }

  /** Drops the one record that the store refuses, or parts those that it may be among. */
  private void refuse(List<MessageRecord> part, Throwable why, Deque<List<MessageRecord>> parts) {
    int size = part.size();
    if (size > 1) {
      parts.push(part.subList(size / 2, size));
      parts.push(part.subList(0, size / 2));
      return;
    }
    held.decrementAndGet();
    listener.messagesDropped(1);
    refusals++;
    long now = nanoClock.getAsLong();
    if (refusals == 1 || now - refusalReportedNanos > REFUSAL_REPORTS.toNanos()) {
      refusalReportedNanos = now;
      log.warn(
          "the store refuses the record of a message, which is dropped: {}; {} so far",
          StoreState.text(why),
          refusals);
    }
  }

  /** Ends the thread once what waits is written, or {@code patience} is over. */
  void stop(Duration patience) {
    stopNanos = nanoClock.getAsLong() + patience.toNanos();
    stopping.countDown();
    var ignored = queue.offer(STOP); // Where the queue is full, the thread is awake.
  }

  /** Waits until the thread has ended, for a bounded time. */
  void awaitStop(Duration patience) throws InterruptedException {
    thread.join(patience.toMillis());
    if (thread.isAlive()) {
      thread.interrupt();
    }
    queue.remove(STOP); // The thread may have ended without it.
    int lost = queue.size() + held.get();
    if (lost > 0) {
      log.warn("the journal stops while {} records of messages are not written", lost);
    }
  }
}
