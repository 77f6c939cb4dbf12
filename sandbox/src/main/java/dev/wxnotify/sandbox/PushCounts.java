package dev.wxnotify.sandbox;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts pushes and attempts. */
final class PushCounts {

  private final LongAdder created = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Map<SandboxPush.State, LongAdder> ended = new EnumMap<>(SandboxPush.State.class);

  PushCounts() {
    for (SandboxPush.State state : SandboxPush.State.values()) {
      ended.put(state, new LongAdder());
    }
  }

  void created() {
    created.increment();
  }

  void attempted() {
    attempts.increment();
  }

  /** There were too many to keep it. */
  void dropped() {
    dropped.increment();
  }

  void ended(SandboxPush.State how) {
    of(how).increment();
  }

  /**
   * @param waiting the pushes that have not ended
   * @param verifications what became of the verification of each app's URL
   */
  SandboxState.Pushes state(int waiting, Map<String, String> verifications) {
    return new SandboxState.Pushes(
        created.sum(),
        waiting,
        of(SandboxPush.State.DELIVERED).sum(),
        of(SandboxPush.State.ANSWERED).sum(),
        of(SandboxPush.State.GIVEN_UP).sum(),
        of(SandboxPush.State.LOST).sum(),
        dropped.sum(),
        attempts.sum(),
        verifications);
  }

  void clear() {
    created.reset();
    attempts.reset();
    dropped.reset();
    ended.values().forEach(LongAdder::reset);
  }

  private LongAdder of(SandboxPush.State state) {
    // The map has all of them.
    return ended.getOrDefault(state, created);
  }
}
