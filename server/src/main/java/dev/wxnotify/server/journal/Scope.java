package dev.wxnotify.server.journal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a reader may see.
 *
 * @param appIds those of these apps; null for all
 * @param caller those that this caller sent; null for those of all callers
 */
public record Scope(@Nullable Set<String> appIds, @Nullable String caller) {
  /** Copies the set. */
  public Scope {
    appIds = appIds == null ? null : Set.copyOf(appIds);
  }
}
