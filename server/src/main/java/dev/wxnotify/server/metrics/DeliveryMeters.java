package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.message.MessageKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts messages. All meters of an app are created with it: so each series exists with a 0 before
 * the first event, which {@code increase()} needs, and an event costs a lookup in a small map and
 * an addition.
 */
final class DeliveryMeters implements DeliveryListener {
  private final MeterRegistry registry;
  private final Map<String, AppMeters> apps = new ConcurrentHashMap<>();
  private final Map<MessageKind, Map<Lane, Counter>> invalid = new EnumMap<>(MessageKind.class);

  DeliveryMeters(MeterRegistry registry, Collection<String> appIds) {
    this.registry = registry;
    appIds.forEach(this::add);
    for (MessageKind kind : MessageKind.values()) {
      Map<Lane, Counter> lanes = new EnumMap<>(Lane.class);
      for (Lane lane : Lane.values()) {
        lanes.put(
            lane,
            Counter.builder("wxnotify.messages.invalid")
                .description("Requests that break a rule of the contract; nothing was sent.")
                .tags("kind", label(kind), "lane", label(lane))
                .register(registry));
      }
      invalid.put(kind, lanes);
    }
  }

  /** Makes the meters of an app, if there are none. */
  void add(String appId) {
    apps.computeIfAbsent(appId, id -> new AppMeters(registry, id));
  }

  /** Returns what became of the messages of each app so far. */
  Map<String, Outcomes> outcomes() {
    Map<String, Outcomes> all = new HashMap<>();
    apps.forEach((appId, meters) -> all.put(appId, meters.outcomes()));
    return all;
  }

  /** Counts nothing of an app any more. */
  void forget(String appId) {
    apps.remove(appId);
  }

  /** Returns a constant's name as the value of a label. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the meter of a constant; each constant has one. */
  static <K extends Enum<K>, V> V get(Map<K, V> meters, K constant) {
    return Objects.requireNonNull(meters.get(constant), "each constant has a meter");
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    AppMeters meters = of(order);
    if (meters == null) {
      return;
    }
    if (!end.replayed()) {
      meters.ended(order.kind(), order.lane(), end.outcome());
    }
    if (attempts > 1) {
      meters.retries.increment(attempts - 1);
    }
    if (told.outcome() instanceof SendOutcome.Unknown
        && !(end.outcome() instanceof SendOutcome.Unknown)) {
      meters.late.increment();
    }
  }

  @Override
  public void messageInvalid(MessageKind kind, Lane lane) {
    get(get(invalid, kind), lane).increment();
  }

  @Override
  public void attemptEnded(Order order, Answer answer, long nanos) {
    AppMeters meters = of(order);
    if (meters != null) {
      meters.attempt(answer, nanos);
    }
  }

  @Override
  public void claimed(Order order, Claim claim) {
    AppMeters meters = of(order);
    if (meters != null) {
      meters.claimed(claim);
    }
  }

  /** Apps are configured, so an unknown one is a fault; it must not become a label. */
  private @Nullable AppMeters of(Order order) {
    return apps.get(order.app().appId());
  }
}
