package dev.wxnotify.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.v1.BatchSendRequest;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entrance of a batch: gives items their index and admits no more than fit the window. One lock
 * covers all of it, and is held for a few instructions.
 */
final class Intake {
  private final int maxItems;
  private final long maxBytes;
  private final Consumer<BatchItem> taken;
  private final Runnable completed;

  @GuardedBy("this")
  private long next;

  @GuardedBy("this")
  private int items;

  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private boolean complete;

  @GuardedBy("this")
  private @Nullable SendFailure ended;

  /**
   * Creates an intake.
   *
   * @param taken receives each item, in the order of their indexes
   * @param completed runs once, after the last item was taken
   */
  Intake(int maxItems, long maxBytes, Consumer<BatchItem> taken, Runnable completed) {
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
    this.taken = taken;
    this.completed = completed;
  }

  /**
   * Takes an item if there is room within the time.
   *
   * @return its index, or -1 if there was no room
   * @throws SendException if the batch has ended
   * @throws IllegalStateException after {@link #complete}
   */
  synchronized long take(BatchSendRequest request, long longestNanos) throws InterruptedException {
    long deadline = System.nanoTime() + longestNanos;
    while (!mayTake(request)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return -1;
      }
      wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }
    return put(request);
  }

  /** As {@link #take} without waiting. */
  synchronized long takeNow(BatchSendRequest request) {
    return mayTake(request) ? put(request) : -1;
  }

  @GuardedBy("this")
  private boolean mayTake(BatchSendRequest request) {
    if (ended != null) {
      throw new SendException(ended, null);
    }
    if (complete) {
      throw new IllegalStateException("the batch was completed");
    }
    return items < maxItems && (items == 0 || bytes + request.getSerializedSize() <= maxBytes);
  }

  @GuardedBy("this")
  private long put(BatchSendRequest request) {
    BatchItem item = new BatchItem(next, request);
    next++;
    items++;
    bytes += item.bytes;
    taken.accept(item);
    return item.index;
  }

  /** Frees the room of an item that has its result. */
  synchronized void release(BatchItem item) {
    items--;
    bytes -= item.bytes;
    notifyAll();
  }

  /** Ends the input. */
  synchronized void complete() {
    if (!complete) {
      complete = true;
      completed.run();
    }
  }

  /** Rejects all further items, for this reason. */
  synchronized void end(SendFailure why) {
    if (ended == null) {
      ended = why;
      notifyAll();
    }
  }
}
