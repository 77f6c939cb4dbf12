package dev.wxnotify.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The items of a batch that are not on a stream: some may be sent now, in this order, others when
 * they are due. Used by the batch's thread only.
 */
final class WaitingItems {
  private final Deque<BatchItem> ready = new ArrayDeque<>();
  private final PriorityQueue<BatchItem> later =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos - b.dueNanos));

  /** Whether there is an item that may be sent now. */
  boolean hasReady() {
    return !ready.isEmpty();
  }

  /** Removes the first item. */
  BatchItem next() {
    return ready.remove();
  }

  /** Adds an item after those that may be sent now. */
  void add(BatchItem item) {
    ready.add(item);
  }

  /** Adds items before those that were never tried, in their order. */
  void addFirst(List<BatchItem> items) {
    for (int i = items.size() - 1; i >= 0; i--) {
      ready.addFirst(items.get(i));
    }
  }

  /** Adds an item that waits until {@link BatchItem#dueNanos}. */
  void addLater(BatchItem item) {
    later.add(item);
  }

  /** Moves the items that are due to the front of those that may be sent. */
  void wake(long now) {
    while (!later.isEmpty() && later.element().dueNanos - now <= 0) {
      ready.addFirst(later.remove());
    }
  }

  /** Returns the time until the next item is due; {@code MAX_VALUE} if there is none. */
  long nanosToNext(long now) {
    return later.isEmpty() ? Long.MAX_VALUE : later.element().dueNanos - now;
  }

  /** Removes all items. */
  List<BatchItem> takeAll() {
    List<BatchItem> all = new ArrayList<>(ready);
    all.addAll(later);
    ready.clear();
    later.clear();
    return all;
  }
}
