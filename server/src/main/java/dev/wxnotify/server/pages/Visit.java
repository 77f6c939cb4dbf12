package dev.wxnotify.server.pages;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A viewer who was let in.
 *
 * @param viewer who it is
 * @param now looks again, for what outlives a request: null once the right has ended
 */
record Visit(Viewer viewer, Supplier<@Nullable Viewer> now) {
  static Visit onThisMachine() {
    Viewer anybody = new Viewer("", null);
    return new Visit(anybody, () -> anybody);
  }

  /** Returns the viewer that a token stands for now; null if it may not see the console. */
  static @Nullable Viewer viewer(Operators.Token token) {
    Operators.Holder holder = token.holder();
    return holder == null || !holder.isOperator()
        ? null
        : new Viewer(holder.name(), holder.appIds());
  }
}
