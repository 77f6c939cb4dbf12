package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.message.MessageKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;

/** What became of the messages of one app, kind and lane: a counter for each end. */
final class OutcomeMeters {
  private final Counter accepted;
  private final Map<Rejected.Reason, Counter> rejected = new EnumMap<>(Rejected.Reason.class);
  private final Map<NotSent.Reason, Counter> notSent = new EnumMap<>(NotSent.Reason.class);
  private final Map<Unknown.Reason, Counter> unknown = new EnumMap<>(Unknown.Reason.class);

  OutcomeMeters(MeterRegistry registry, String appId, MessageKind kind, Lane lane) {
    Tags tags =
        Tags.of(
            "app", appId, "kind", DeliveryMeters.label(kind), "lane", DeliveryMeters.label(lane));
    this.accepted = counter(registry, tags, "accepted", "NONE");
    for (Rejected.Reason reason : Rejected.Reason.values()) {
      rejected.put(reason, counter(registry, tags, "rejected", reason.name()));
    }
    for (NotSent.Reason reason : NotSent.Reason.values()) {
      notSent.put(reason, counter(registry, tags, "not_sent", reason.name()));
    }
    for (Unknown.Reason doubt : Unknown.Reason.values()) {
      unknown.put(doubt, counter(registry, tags, "unknown", doubt.name()));
    }
  }

  private static Counter counter(MeterRegistry registry, Tags tags, String outcome, String reason) {
    return Counter.builder("wxnotify.messages")
        .description("Messages by outcome; answers from the ledger are not counted.")
        .tags(tags.and("outcome", outcome, "reason", reason))
        .register(registry);
  }

  long accepted() {
    return (long) accepted.count();
  }

  long rejected() {
    return sum(rejected);
  }

  long notSent() {
    return sum(notSent);
  }

  long unknown() {
    return sum(unknown);
  }

  private static long sum(Map<?, Counter> counters) {
    return (long) counters.values().stream().mapToDouble(Counter::count).sum();
  }

  void count(SendOutcome outcome) {
    of(outcome).increment();
  }

  private Counter of(SendOutcome outcome) {
    if (outcome instanceof SendOutcome.Rejected no) {
      return DeliveryMeters.get(rejected, no.reason());
    }
    if (outcome instanceof SendOutcome.NotSent no) {
      return DeliveryMeters.get(notSent, no.reason());
    }
    if (outcome instanceof SendOutcome.Unknown doubtful) {
      return DeliveryMeters.get(unknown, doubtful.reason());
    }
    return accepted;
  }
}
