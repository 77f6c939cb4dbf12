package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A batch under way. Items go in on any thread; each gets exactly one result, which the {@link
 * BatchListener} hears.
 *
 * <p><b>Back-pressure.</b> At most a window of items is without a result, or has one that the
 * listener has not yet returned from. {@link #send} waits for room; {@link #offer} says that there
 * is none. So memory is bounded, whatever the length of the batch and whoever is slow.
 *
 * <p><b>Streams that break.</b> The batch makes a new one, after a pause that grows from try to
 * try, and sends the items without a result again: those that were surely not written, and those
 * with a {@code request_id}, whose outcome the service remembers. An item without a {@code
 * request_id} that may have been written is never sent again: its result is {@code
 * OUTCOME_UNKNOWN}. An answer REQUEST_IN_PROGRESS is asked again, for up to two minutes.
 *
 * <p><b>What a request id is worth</b> is decided by the server: one that keeps its ids in its own
 * memory forgets them when it is killed, and other replicas do not know them. Run the service with
 * Redis where that matters.
 *
 * <p><b>Threads.</b> One daemon thread for each batch, which does everything and calls the
 * listener. The methods here may be called from any thread, also from the listener unless they say
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
   * Gives one item, and waits while there is no room. Not for the listener, whose return makes
   * room.
   *
   * @return the item's index, which its result will have
   * @throws SendException if the batch has ended before {@link #complete}; the item was not taken,
   *     and is not sent
   * @throws IllegalStateException after {@link #complete}, or if the listener would wait for itself
   */
  public long send(BatchSendRequest item) throws InterruptedException {
    long index = loop.intake().takeNow(item);
    if (index < 0) {
      requireOtherThread();
      index = loop.intake().take(item, Long.MAX_VALUE / 2);
    }
    return index;
  }

  /**
   * Gives one item if there is room now.
   *
   * @return whether it was taken; items that are taken are numbered from 0
   * @throws SendException as {@link #send}
   * @throws IllegalStateException after {@link #complete}
   */
  public boolean offer(BatchSendRequest item) {
    return loop.intake().takeNow(item) >= 0;
  }

  /**
   * Gives one item if there is room within the time. Not for the listener.
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
    return loop.intake().take(item, longest.toNanos()) >= 0;
  }

  /** Says that no more items come. The batch ends when each has its result. */
  public void complete() {
    loop.intake().complete();
  }

  /**
   * Sends nothing more and waits for the answers of what was written, without another stream if
   * this one breaks. What was not written is {@code OUTCOME_NOT_SENT}.
   */
  public void stop() {
    loop.stop();
  }

  /**
   * Ends at once. What was not written is {@code OUTCOME_NOT_SENT}, what was written and not
   * answered {@code OUTCOME_UNKNOWN}; the listener hears of each. The service stops what it has not
   * written to WeChat.
   */
  public void cancel() {
    loop.cancel();
  }

  /**
   * Waits for the end: after {@link #complete}, {@link #stop} or {@link #cancel}, or if the batch
   * gives up. Not for the listener.
   *
   * @throws IllegalStateException if the listener threw; its cause is what was thrown
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
   * Waits for the end for a time. Not for the listener.
   *
   * @throws TimeoutException if it has not ended; nothing changes then
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

  /** Cancels the batch unless it has ended, and waits for the listener to hear of each item. */
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
      throw new IllegalStateException("the listener would wait for itself");
    }
  }
}
