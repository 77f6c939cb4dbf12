package dev.wxnotify.server.grpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The callers of the moment. They may be replaced while the server runs; a caller that stays, by
 * its name, keeps what counts its messages.
 *
 * <p>Concurrency: one volatile reference to an immutable directory, which a call reads once. One
 * thread at a time replaces it. Limits change right before: a call may be let in by new limits and
 * old rights, and never by neither.
 */
final class Callers {
  private final ScheduledExecutorService timer;
  private volatile CallerDirectory now;

  /** By name; touched only by the thread that replaces the callers. */
  private Map<String, CallerDirectory.Entry> entries = Map.of();

  Callers(List<CallerSettings> settings, ScheduledExecutorService timer) {
    this.timer = timer;
    this.now = directory(settings);
  }

  /** Returns the callers, for one call. */
  CallerDirectory now() {
    return now;
  }

  /** Replaces all callers. */
  void use(List<CallerSettings> settings) {
    now = directory(settings);
  }

  private CallerDirectory directory(List<CallerSettings> settings) {
    Map<String, CallerDirectory.Entry> next = new LinkedHashMap<>();
    for (CallerSettings each : settings) {
      CallerDirectory.Entry before = entries.get(each.name());
      AtomicReference<CallerLimits> account =
          before == null ? new AtomicReference<>(CallerLimits.NONE) : before.caller().account();
      if (before == null || !hasLimitsOf(before.settings(), each)) {
        account.set(account.get().changedTo(each.maxInFlight(), each.maxPerSecond(), timer));
      }
      next.put(
          each.name(),
          new CallerDirectory.Entry(
              each,
              new Caller(
                  each.name(),
                  each.appIds(),
                  each.isOperator(),
                  each.mayHaveTokens(),
                  each.mayPush(),
                  account)));
    }
    CallerDirectory made = new CallerDirectory(next.values());
    entries = next;
    return made;
  }

  private static boolean hasLimitsOf(CallerSettings some, CallerSettings others) {
    return Objects.equals(some.maxInFlight(), others.maxInFlight())
        && Objects.equals(some.maxPerSecond(), others.maxPerSecond());
  }
}
