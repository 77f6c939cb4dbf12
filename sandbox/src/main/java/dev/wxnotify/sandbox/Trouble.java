package dev.wxnotify.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the active faults do to one request. */
record Trouble(Duration delay, @Nullable Effect effect) {

  static final Trouble NONE = new Trouble(Duration.ZERO, null);

  /** Applies to a request of which only the headers were read. */
  static final Trouble EARLY_ANSWER =
      new Trouble(Duration.ZERO, Effect.of(EffectKind.EARLY_ANSWER));

  Trouble plus(Duration more) {
    return new Trouble(delay.plus(more), effect);
  }
}
