package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.template.FetchedTemplates;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.token.TokenSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is looked up of each app when a scrape asks. A registry keeps what its gauges look at. */
final class AppGauges {
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<String, List<Meter>> byApp = new ConcurrentHashMap<>();

  AppGauges(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** Shows an app, in place of what was shown under its id before. */
  void watch(App app, Readiness readiness) {
    unwatch(app.appId());
    Tags tags = Tags.of("app", app.appId());
    List<Meter> shown =
        new ArrayList<>(
            List.of(
                flag(
                    "wxnotify.app.can.send",
                    "1 unless WeChat rejects the app's credentials.",
                    tags,
                    () -> readiness.canSend(app)),
                gauge(
                    "wxnotify.token.calls.left",
                    "Token calls left in this replica's hourly budget.",
                    tags,
                    () -> app.tokens().status().callsLeft()),
                seconds(
                    "wxnotify.templates.age",
                    "Time since this replica received the app's templates; 0 if it never did.",
                    tags,
                    () -> age(fetchedAt(app.templates()))),
                flag(
                    "wxnotify.app.quota.exhausted",
                    "1 while the app is stopped because its daily quota is used up.",
                    tags,
                    app.quota()::isStopped),
                gauge(
                    "wxnotify.app.pace",
                    "Messages per second that batches of the app may send; 0 if there is no limit.",
                    tags,
                    () -> app.pace().perSecond().orElse(0)),
                gauge(
                    "wxnotify.app.pace.waiting",
                    "Batches of the app that wait because of its pace.",
                    tags,
                    app.pace()::waiting)));
    if (app.tokens().source() != TokenSource.NONE) { // 0 would look like a token that has ended.
      watchToken(app, tags, shown);
    }
    byApp.put(app.appId(), shown);
  }

  private void watchToken(App app, Tags tags, List<Meter> shown) {
    shown.add(
        seconds(
            "wxnotify.token.age",
            "Time since this replica received its token; 0 if there is none.",
            tags,
            () -> age(app.tokens().status().receivedAt())));
    shown.add(
        seconds(
            "wxnotify.token.expiry",
            "Time until the token can no longer be used; 0 if there is none.",
            tags,
            () -> until(app.tokens().status().usableUntil())));
  }

  /** Shows an app no longer. */
  void unwatch(String appId) {
    List<Meter> shown = byApp.remove(appId);
    if (shown != null) {
      shown.forEach(registry::remove);
    }
  }

  private static @Nullable Instant fetchedAt(TemplateList templates) {
    FetchedTemplates known = templates.current();
    return known == null ? null : known.fetchedAt();
  }

  private Duration age(@Nullable Instant receivedAt) {
    return receivedAt == null ? Duration.ZERO : Duration.between(receivedAt, clock.instant());
  }

  private Duration until(@Nullable Instant expiresAt) {
    Instant now = clock.instant();
    return expiresAt == null || expiresAt.isBefore(now)
        ? Duration.ZERO
        : Duration.between(now, expiresAt);
  }

  private Meter flag(String name, String description, Tags tags, BooleanSupplier value) {
    return gauge(name, description, tags, () -> value.getAsBoolean() ? 1 : 0);
  }

  private Meter gauge(String name, String description, Tags tags, Supplier<Number> value) {
    return Gauge.builder(name, value)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private Meter seconds(String name, String description, Tags tags, Supplier<Duration> value) {
    return TimeGauge.builder(name, () -> value.get().toMillis(), TimeUnit.MILLISECONDS)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }
}
