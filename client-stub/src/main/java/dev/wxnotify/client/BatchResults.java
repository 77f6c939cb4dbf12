package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The results of a batch, in the order of completion, for a thread that reads them one after the
 * other. Reading drives the batch: whoever stops reading stops sending. So at most a window of
 * items and results is in memory.
 *
 * <p>Not thread-safe. Close it, so that a batch that was not read to its end is cancelled.
 */
public final class BatchResults implements Iterator<BatchResult>, AutoCloseable {
  private final Iterator<? extends BatchSendRequest> items;
  private final BlockingQueue<BatchResult> heard = new LinkedBlockingQueue<>();
  private final BatchSender sender;

  private @Nullable BatchSendRequest pending;
  private @Nullable BatchResult next;
  private @Nullable SendException endedEarly;
  private boolean completed;
  private long taken;
  private long read;

  BatchResults(Iterator<? extends BatchSendRequest> items, BatchBuilder builder) {
    this.items = items;
    this.sender = builder.open(heard::add);
  }

  /**
   * Waits for the next result.
   *
   * @throws IllegalStateException if the thread is interrupted; it stays interrupted
   */
  @Override
  public boolean hasNext() {
    while (next == null) {
      BatchResult word = heard.poll();
      if (word != null) {
        next = word;
        read++;
      } else if (!feed()) {
        if (read == taken) {
          return false;
        }
        next = await();
        read++;
      }
    }
    return true;
  }

  @Override
  public BatchResult next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the batch has no more results");
    }
    BatchResult result = next;
    next = null;
    if (result == null) {
      throw new AssertionError("there was one");
    }
    return result;
  }

  /**
   * Returns how the batch ended.
   *
   * @throws IllegalStateException if not all results were read
   */
  public BatchReport report() throws InterruptedException {
    if (hasNext()) {
      throw new IllegalStateException("not all results were read");
    }
    return sender.await();
  }

  /** Cancels the batch unless it has ended. */
  @Override
  public void close() {
    sender.close();
  }

  /** Gives the next item, if there is one and room for it. Returns whether it did. */
  private boolean feed() {
    if (completed || endedEarly != null) {
      return false;
    }
    if (pending == null) {
      if (!items.hasNext()) {
        completed = true;
        sender.complete();
        return false;
      }
      pending = items.next();
    }
    try {
      if (!sender.offer(pending)) {
        return false;
      }
    } catch (SendException e) {
      endedEarly = e;
      return false;
    }
    pending = null;
    taken++;
    return true;
  }

  private BatchResult await() {
    try {
      while (true) {
        boolean ended = sender.hasEnded(); // Looked at first: what it said is in the queue then.
        BatchResult result = heard.poll(1, TimeUnit.SECONDS);
        if (result != null) {
          return result;
        }
        if (ended) {
          throw new IllegalStateException("the batch failed");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the waiting thread was interrupted", e);
    }
  }
}
