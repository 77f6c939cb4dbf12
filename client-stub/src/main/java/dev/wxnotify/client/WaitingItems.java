package dev.wxnotify.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The items of a batch that are on no stream: some may be sent now, in this order, others when they
 * are due. Belongs to the batch's thread.
 */
final class WaitingItems {
  private final Deque<BatchItem> ready = new ArrayDeque<>();
  private final PriorityQueue<BatchItem> later =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos - b.dueNanos));

  /** Whether there is an item that may be sent now. */
  boolean hasReady() {
    return !ready.isEmpty();
  }

  /** Takes out the item that is first. */
  BatchItem next() {
    return ready.remove();
  }

  /** Puts an item behind those that may be sent now. */
  void add(BatchItem item) {
    ready.add(item);
  }

  /** Puts items before what was never tried, in their order. */
  void addFirst(List<BatchItem> items) {
    for (int i = items.size() - 1; i >= 0; i--) {
      ready.addFirst(items.get(i));
    }
  }

  /** Puts an item where it waits until {@link BatchItem#dueNanos}. */
  void addLater(BatchItem item) {
    later.add(item);
  }

  /** Those that are due by now may be sent, before all others. */
  void wake(long now) {
    while (!later.isEmpty() && later.element().dueNanos - now <= 0) {
      ready.addFirst(later.remove());
    }
  }

  /**
   * Returns how long it is until the next one is due; the longest time there is if none will be.
   */
  long nanosToNext(long now) {
    return later.isEmpty() ? Long.MAX_VALUE : later.element().dueNanos - now;
  }

  /** Takes out all of them. */
  List<BatchItem> takeAll() {
    List<BatchItem> all = new ArrayList<>(ready);
    all.addAll(later);
    ready.clear();
    later.clear();
    return all;
  }
}
