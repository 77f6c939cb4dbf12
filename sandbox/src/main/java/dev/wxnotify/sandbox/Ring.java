package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.List;

/** Keeps the last values, up to a capacity. */
final class Ring<T> {

  private final int capacity;

  @GuardedBy("this")
  private final ArrayDeque<T> values = new ArrayDeque<>();

  Ring(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(T value) {
    if (values.size() >= capacity) {
      values.pollFirst();
    }
    if (capacity > 0) {
      values.addLast(value);
    }
  }

  /** A copy, oldest first. */
  synchronized List<T> list() {
    return List.copyOf(values);
  }

  synchronized void clear() {
    values.clear();
  }
}
