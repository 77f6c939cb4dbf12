package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenSource;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All meters of one server. Labels are bounded: apps that are configured, and constants of ours; no
 * open id, template, request id or text of a caller or of WeChat.
 */
public final class ServerMeters implements AutoCloseable {
  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InstantSource clock;
  private final ProcessMeters process;
  private final DeliveryMeters delivery;
  private final TokenMeters tokens;

  /**
   * Makes the meters.
   *
   * @param version the server's version
   * @param appIds the apps that are configured
   * @param clock the time of day, by which tokens end
   */
  public ServerMeters(String version, Collection<String> appIds, InstantSource clock) {
    this.clock = clock;
    this.process = new ProcessMeters(registry, version);
    this.delivery = new DeliveryMeters(registry, appIds);
    this.tokens = new TokenMeters(registry, appIds);
  }

  /** Returns what counts messages. */
  public DeliveryListener deliveryListener() {
    return delivery;
  }

  /** Returns what counts token calls. */
  public TokenListener tokenListener() {
    return tokens;
  }

  /** Returns what counts gRPC calls, in the conventional names of Micrometer's binder. */
  public ServerInterceptor grpcInterceptor() {
    return new MetricCollectingServerInterceptor(
        registry, UnaryOperator.identity(), timer -> timer.serviceLevelObjectives(Buckets.LATENCY));
  }

  /** Shows whether an app can send, and how its token stands. */
  public void watch(App app, Readiness readiness) {
    Tags tags = Tags.of("app", app.appId());
    flag(
        "wxnotify.app.can.send",
        "1 unless WeChat rejects the app's credentials.",
        tags,
        () -> readiness.canSend(app));
    if (app.tokens().source() != TokenSource.NONE) { // 0 would look like a token that has ended.
      watchToken(app, tags);
    }
    gauge(
        "wxnotify.token.calls.left",
        "Token calls left in this replica's hourly budget.",
        tags,
        () -> app.tokens().status().callsLeft());
    flag(
        "wxnotify.app.quota.exhausted",
        "1 while the app is stopped because its daily quota is used up.",
        tags,
        app.quota()::isStopped);
    gauge(
        "wxnotify.app.pace",
        "Messages per second that batches of the app may send; 0 if there is no limit.",
        tags,
        () -> app.pace().perSecond().orElse(0));
    gauge(
        "wxnotify.app.pace.waiting",
        "Batches of the app that wait because of its pace.",
        tags,
        app.pace()::waiting);
  }

  private void watchToken(App app, Tags tags) {
    seconds(
        "wxnotify.token.age",
        "Time since this replica received its token; 0 if there is none.",
        tags,
        () -> age(app.tokens().status().receivedAt()));
    seconds(
        "wxnotify.token.expiry",
        "Time until the token can no longer be used; 0 if there is none.",
        tags,
        () -> until(app.tokens().status().usableUntil()));
  }

  /** Shows whether calls should come here. */
  public void watch(Readiness readiness) {
    flag("wxnotify.ready", "1 while /readyz answers 200.", Tags.empty(), readiness::isReady);
    flag(
        "wxnotify.degraded",
        "1 while the server sends but something does not work; /readyz reports what.",
        Tags.empty(),
        () -> readiness.report().status() == Readiness.Status.DEGRADED);
  }

  /**
   * Shows permits and who waits for one.
   *
   * @param pool what they are for
   */
  public void watch(String pool, Permits permits) {
    Tags tags = Tags.of("pool", pool);
    gauge("wxnotify.permits.limit", "Number of permits.", tags, permits::limit);
    gauge("wxnotify.permits.used", "Permits in use.", tags, permits::used);
    for (Lane lane : Lane.values()) {
      gauge(
          "wxnotify.permits.waiting",
          "Messages that wait for a permit.",
          tags.and("lane", DeliveryMeters.label(lane)),
          () -> permits.waiting(lane));
    }
  }

  /**
   * Shows what the ledger of this process forgets.
   *
   * @param forgotten how many outcomes had to leave before they were 24 h old, since the start
   */
  public void watchLedger(LongSupplier forgotten) {
    counter(
        "wxnotify.ledger.forgotten",
        "Outcomes of request ids forgotten before 24 h because the ledger was full.",
        forgotten);
  }

  /**
   * Shows what is known of Redis.
   *
   * @param up whether it is of use
   * @param failed how many commands failed since the start
   * @param unsent how many outcomes wait to be sent to it
   * @param forgotten how many outcomes it never receives, since the start
   */
  public void watchRedis(
      BooleanSupplier up, LongSupplier failed, LongSupplier unsent, LongSupplier forgotten) {
    flag("wxnotify.redis.up", "1 while Redis is usable.", Tags.empty(), up);
    counter("wxnotify.redis.commands.failed", "Redis commands that failed or timed out.", failed);
    gauge(
        "wxnotify.redis.untold",
        "Outcomes of request ids that wait to be written to Redis.",
        Tags.empty(),
        unsent::getAsLong);
    counter(
        "wxnotify.redis.forgotten",
        "Outcomes of request ids never written to Redis, because too many waited.",
        forgotten);
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

  private void flag(String name, String description, Tags tags, BooleanSupplier value) {
    gauge(name, description, tags, () -> value.getAsBoolean() ? 1 : 0);
  }

  /** A registry would not keep what its gauges look at alive by itself. */
  private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /** The library keeps a weak reference to what it counts, which is this object here. */
  private void counter(String name, String description, LongSupplier value) {
    FunctionCounter.builder(name, this, meters -> value.getAsLong())
        .description(description)
        .register(registry);
  }

  private void seconds(String name, String description, Tags tags, Supplier<Duration> value) {
    TimeGauge.builder(name, () -> value.get().toMillis(), TimeUnit.MILLISECONDS)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Writes all meters.
   *
   * @param openMetrics in which of the two text formats
   */
  void write(OutputStream out, boolean openMetrics) throws IOException {
    registry.scrape(out, openMetrics ? OPEN_METRICS : TEXT);
  }

  @Override
  public void close() {
    process.close();
    registry.close();
  }
}
