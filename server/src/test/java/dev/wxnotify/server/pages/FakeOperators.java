package dev.wxnotify.server.pages;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Callers, by their tokens. */
final class FakeOperators implements Operators {
  private final boolean required;
  private final Map<String, Holder> holders = new ConcurrentHashMap<>();
  final AtomicInteger looks = new AtomicInteger();

  FakeOperators(boolean required) {
    this.required = required;
  }

  FakeOperators with(String token, Holder holder) {
    holders.put(token, holder);
    return this;
  }

  void withdraw(String token) {
    holders.remove(token);
  }

  @Override
  public boolean areRequired() {
    return required;
  }

  @Override
  public @Nullable Token find(String token) {
    looks.incrementAndGet();
    return holders.containsKey(token) ? () -> holders.get(token) : null;
  }
}
