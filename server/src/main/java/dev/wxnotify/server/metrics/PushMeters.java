package dev.wxnotify.server.metrics;

import dev.wxnotify.server.journal.PushListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts pushes, receipts and what was passed on, for the apps whose pushes are accepted. All
 * meters of an app are made with it.
 */
final class PushMeters implements PushListener {
  private static final Duration[] LAG =
      Stream.of(1, 2, 5, 10, 30, 60, 300, 1_800, 7_200)
          .map(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Map<String, OfApp> apps = new ConcurrentHashMap<>();

  private record What(Kind kind, Result result) {}

  /** The meters of one app, which are looked up for each push. */
  private static final class OfApp {
    private final Map<What, Counter> pushes = new ConcurrentHashMap<>();
    private final Map<Boolean, Timer> receipts = new ConcurrentHashMap<>();
    private final Map<Forwarding, Counter> forwards = new ConcurrentHashMap<>();
  }

  PushMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Makes the meters of an app, if there are none. */
  void add(String appId) {
    apps.computeIfAbsent(appId, id -> new OfApp());
    for (Kind kind : Kind.values()) {
      resultsOf(kind).forEach(result -> count(appId, kind, result, 0));
    }
    receipts(appId, true);
    receipts(appId, false);
    for (Forwarding result : Forwarding.values()) {
      countForward(appId, result, 0);
    }
  }

  /** Counts nothing of an app any more. */
  void forget(String appId) {
    apps.remove(appId);
  }

  @Override
  public void pushed(String appId, Kind kind, Result result) {
    count(appId, kind, result, 1);
  }

  private void count(String appId, Kind kind, Result result, int more) {
    apps.computeIfPresent( // At once, so that no series appears for an app that is gone.
        appId,
        (id, meters) -> {
          meters
              .pushes
              .computeIfAbsent(
                  new What(kind, result),
                  what ->
                      Counter.builder("wxnotify.pushes")
                          .description("Pushes of WeChat, by what became of them.")
                          .tags(
                              "app",
                              id,
                              "event",
                              DeliveryMeters.label(what.kind),
                              "result",
                              DeliveryMeters.label(what.result))
                          .register(registry))
              .increment(more);
          return meters;
        });
  }

  @Override
  public void receiptArrived(String appId, boolean delivered, Duration lag) {
    Timer timer = receipts(appId, delivered);
    if (timer != null) {
      timer.record(lag);
    }
  }

  private @Nullable Timer receipts(String appId, boolean delivered) {
    OfApp found =
        apps.computeIfPresent(
            appId,
            (id, meters) -> {
              meters.receipts.computeIfAbsent(
                  delivered,
                  which ->
                      Timer.builder("wxnotify.receipt.lag")
                          .description(
                              "Receipts of messages, repeated ones included, by how long they took"
                                  + " from WeChat's delivery until they arrived.")
                          .tags("app", id, "status", which ? "delivered" : "failed")
                          .serviceLevelObjectives(LAG)
                          .register(registry));
              return meters;
            });
    return found == null ? null : found.receipts.get(delivered);
  }

  private static Set<Result> resultsOf(Kind kind) {
    return switch (kind) {
      case VERIFICATION -> EnumSet.of(Result.VERIFIED, Result.MALFORMED, Result.WRONG_SIGNATURE);
      case SENT, POPUP, CHANGE -> EnumSet.of(Result.STORED, Result.UNREADABLE, Result.UNAVAILABLE);
      case OTHER -> EnumSet.of(Result.NOT_OURS, Result.UNREADABLE);
      case UNKNOWN ->
          EnumSet.of(
              Result.MALFORMED,
              Result.WRONG_SIGNATURE,
              Result.WRONG_KEY,
              Result.WRONG_APP,
              Result.WRONG_MODE,
              Result.WRONG_TIME);
    };
  }

  @Override
  public void forwarded(String appId, Forwarding result) {
    countForward(appId, result, 1);
  }

  private void countForward(String appId, Forwarding result, int more) {
    apps.computeIfPresent(
        appId,
        (id, meters) -> {
          meters
              .forwards
              .computeIfAbsent(
                  result,
                  which ->
                      Counter.builder("wxnotify.push.forwards")
                          .description("Pushes for others that were passed to push.forward-url.")
                          .tags("app", id, "result", DeliveryMeters.label(which))
                          .register(registry))
              .increment(more);
          return meters;
        });
  }
}
