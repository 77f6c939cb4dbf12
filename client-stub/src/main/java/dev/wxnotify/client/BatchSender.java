package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running batch. Any thread may add items; each gets exactly one result, which the {@link
 * BatchListener} receives.
 *
 * <p><b>Back-pressure.</b> At most a window of items has no result, or has one that the listener is
 * still handling. {@link #send} waits for room; {@link #offer} returns false if there is none. So
 * memory is bounded, however long the batch is and whichever side is slow.
 *
 * <p><b>Broken streams.</b> The batch opens a new stream, after a pause that grows with each
 * attempt, and sends the items without a result again: those that were certainly not written, and
 * those with a {@code request_id}, whose outcome the service remembers. An item without a {@code
 * request_id} that may have been written is never sent again: its result is {@code
 * OUTCOME_UNKNOWN}. After an answer REQUEST_IN_PROGRESS the batch asks again, for up to two
 * minutes.
 *
 * <p><b>How far a request id protects</b> depends on the server. A server that keeps request ids in
 * its own memory loses them when it is killed, and other replicas do not know them. Run the service
 * with Redis where that matters.
 *
 * <p><b>Threads.</b> Each batch has one daemon thread, which does everything and calls the
 * listener. The methods here may be called from any thread, and from the listener unless they say
 * otherwise.
 */
public final class BatchSender implements AutoCloseable {
  private final BatchLoop loop;
  private final Thread thread;

  BatchSender(BatchLoop loop) {
    this.loop = loop;
    this.thread = new Thread(loop::run, "wxnotify-batch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Adds one item, and waits while there is no room. The listener must not call it, since room is
   * made when the listener returns.
   *
   * @return the item's index, which its result repeats
   * @throws SendException if the batch has ended before {@link #complete}; the item was not taken,
   *     and is not sent
   * @throws IllegalStateException after {@link #complete}, or if the listener would wait for itself
   */
  public long send(BatchSendRequest item) throws InterruptedException {
    BatchSendRequest marked = loop.marked(item);
    long index = loop.intake().takeNow(marked);
    if (index < 0) {
      requireOtherThread();
      index = loop.intake().take(marked, Long.MAX_VALUE / 2);
    }
    return index;
  }

  /**
   * Adds one item if there is room now.
   *
   * @return whether it was taken; taken items are numbered from 0
   * @throws SendException as {@link #send}
   * @throws IllegalStateException after {@link #complete}
   */
  public boolean offer(BatchSendRequest item) {
    return loop.intake().takeNow(loop.marked(item)) >= 0;
  }

  /**
   * Adds one item if there is room within the time. The listener must not call it.
   *
   * @return as {@link #offer(BatchSendRequest)}
   * @throws SendException as {@link #send}
   * @throws IllegalStateException as {@link #send}
   */
  public boolean offer(BatchSendRequest item, Duration longest) throws InterruptedException {
    if (offer(item)) {
      return true;
    }
    requireOtherThread();
    return loop.intake().take(loop.marked(item), longest.toNanos()) >= 0;
  }

  /** Ends the input. The batch ends when each item has its result. */
  public void complete() {
    loop.intake().complete();
  }

  /**
   * Sends nothing more and waits for the answers to written items, without another stream if this
   * one breaks. Items that were not written get {@code OUTCOME_NOT_SENT}.
   */
  public void stop() {
    loop.stop();
  }

  /**
   * Ends immediately. Items that were not written get {@code OUTCOME_NOT_SENT}, and items that were
   * written and not answered {@code OUTCOME_UNKNOWN}; the listener receives each result. The
   * service stops the messages that it has not written to WeChat.
   */
  public void cancel() {
    loop.cancel();
  }

  /**
   * Waits for the end: after {@link #complete}, {@link #stop} or {@link #cancel}, or if the batch
   * gives up. The listener must not call it.
   *
   * @throws IllegalStateException if the listener threw an exception, which is its cause
   */
  public BatchReport await() throws InterruptedException {
    requireOtherThread();
    try {
      return loop.end().get();
    } catch (ExecutionException e) {
      throw broken(e);
    }
  }

  /**
   * Waits for the end, at most for the given time. The listener must not call it.
   *
   * @throws TimeoutException if it has not ended; the batch continues
   * @throws IllegalStateException as {@link #await()}
   */
  public BatchReport await(Duration longest) throws InterruptedException, TimeoutException {
    requireOtherThread();
    try {
      return loop.end().get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw broken(e);
    }
  }

  /** Cancels the batch unless it has ended, and waits until the listener has every result. */
  @Override
  public void close() {
    if (!loop.end().isDone()) {
      loop.cancel();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean hasEnded() {
    return loop.end().isDone();
  }

  private static IllegalStateException broken(ExecutionException e) {
    return new IllegalStateException("the batch's listener failed", e.getCause());
  }

  private void requireOtherThread() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("the listener must not wait for its own batch");
    }
  }
}
