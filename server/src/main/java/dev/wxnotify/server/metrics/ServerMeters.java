package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.journal.JournalListener;
import dev.wxnotify.server.journal.PushListener;
import dev.wxnotify.server.template.TemplateListener;
import dev.wxnotify.server.token.TokenListener;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * All meters of one server. Labels are bounded: apps that are configured, and constants of ours; no
 * open id, template, request id or text of a caller or of WeChat.
 */
public final class ServerMeters implements AutoCloseable {
  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ProcessMeters process;
  private final DeliveryMeters delivery;
  private final TokenMeters tokens;
  private final TemplateMeters templates;
  private final JournalMeters journal;
  private final PushMeters pushes;
  private final AppGauges gauges;

  /**
   * Makes the meters.
   *
   * @param version the server's version
   * @param appIds the apps that are counted from the start; others follow by {@link #watch(App,
   *     Readiness)}
   * @param clock the time of day, by which tokens end
   */
  public ServerMeters(String version, Collection<String> appIds, InstantSource clock) {
    this.process = new ProcessMeters(registry, version);
    this.delivery = new DeliveryMeters(registry, appIds);
    this.tokens = new TokenMeters(registry, appIds);
    this.templates = new TemplateMeters(registry);
    this.journal = new JournalMeters(registry);
    this.pushes = new PushMeters(registry);
    this.gauges = new AppGauges(registry, clock);
  }

  /** Returns what counts messages. */
  public DeliveryListener deliveryListener() {
    return delivery;
  }

  /** Returns what became of the messages of each app since the start, by AppID. */
  public Map<String, Outcomes> outcomes() {
    return delivery.outcomes();
  }

  /** Returns what counts token calls. */
  public TokenListener tokenListener() {
    return tokens;
  }

  /** Returns what counts requests for templates. */
  public TemplateListener templateListener() {
    return templates;
  }

  /** Returns what counts what the journal takes. */
  public JournalListener journalListener() {
    return journal;
  }

  /** Returns what counts pushes of WeChat. */
  public PushListener pushListener() {
    return pushes;
  }

  /** Begins to count the pushes of an app. */
  public void watchPushes(String appId) {
    pushes.add(appId);
  }

  /** Returns what counts gRPC calls, in the conventional names of Micrometer's binder. */
  public ServerInterceptor grpcInterceptor() {
    return new MetricCollectingServerInterceptor(
        registry, UnaryOperator.identity(), timer -> timer.serviceLevelObjectives(Buckets.LATENCY));
  }

  /**
   * Begins to count for an app, and shows whether it can send and how its token stands. For an app
   * that is there already, what is shown is looked up in {@code app} from now on, and the counts
   * stay.
   */
  public void watch(App app, Readiness readiness) {
    delivery.add(app.appId());
    tokens.add(app.appId());
    templates.add(app.appId());
    gauges.watch(app, readiness);
  }

  /** Shows an app no longer, while the last of its messages are still counted. */
  public void unwatch(String appId) {
    gauges.unwatch(appId);
  }

  /** Takes every series of an app away. */
  public void forget(String appId) {
    gauges.unwatch(appId);
    delivery.forget(appId);
    tokens.forget(appId);
    templates.forget(appId);
    pushes.forget(appId);
    registry.getMeters().stream()
        .filter(meter -> appId.equals(meter.getId().getTag("app")))
        .forEach(registry::remove);
  }

  /**
   * Counts how often the configuration file was read again.
   *
   * @param results what may come of it
   * @return counts one result
   */
  public Consumer<String> countReloads(Collection<String> results) {
    Map<String, Counter> counters =
        results.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    result ->
                        Counter.builder("wxnotify.config.reloads")
                            .description("Changes of the configuration file, by what came of them.")
                            .tag("result", result)
                            .register(registry)));
    return result -> Objects.requireNonNull(counters.get(result), result).increment();
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

  /**
   * Shows what is known of the journal.
   *
   * @param up whether its store is usable
   * @param waiting how many records of messages wait to be written
   */
  public void watchJournal(BooleanSupplier up, LongSupplier waiting) {
    flag("wxnotify.journal.up", "1 while the journal's store is usable.", Tags.empty(), up);
    gauge(
        "wxnotify.journal.queue",
        "Records of messages that wait to be written to the journal.",
        Tags.empty(),
        waiting::getAsLong);
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
