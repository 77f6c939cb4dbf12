package dev.wxnotify.server.testing;

import dev.wxnotify.server.grpc.CallerSettings;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Callers with what most tests need of them. */
public final class TestCallers {
  private TestCallers() {}

  /** A caller that may neither have access tokens nor pass on pushes. */
  public static CallerSettings caller(
      String name,
      List<String> tokenHashes,
      @Nullable Set<String> appIds,
      @Nullable Integer maxInFlight,
      @Nullable Integer maxPerSecond,
      boolean isOperator) {
    return new CallerSettings(
        name, tokenHashes, Set.of(), appIds, maxInFlight, maxPerSecond, isOperator, false, false);
  }
}
