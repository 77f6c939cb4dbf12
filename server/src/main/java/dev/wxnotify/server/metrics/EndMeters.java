package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Doubt;
import dev.wxnotify.server.delivery.Hindrance;
import dev.wxnotify.server.delivery.MessageKind;
import dev.wxnotify.server.delivery.Permits.Lane;
import dev.wxnotify.server.delivery.Rejection;
import dev.wxnotify.server.delivery.SendOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;

/** What became of the messages of one app, kind and lane: a counter for each end. */
final class EndMeters {
  private final Counter accepted;
  private final Map<Rejection, Counter> rejected = new EnumMap<>(Rejection.class);
  private final Map<Hindrance, Counter> notSent = new EnumMap<>(Hindrance.class);
  private final Map<Doubt, Counter> unknown = new EnumMap<>(Doubt.class);

  EndMeters(MeterRegistry registry, String appId, MessageKind kind, Lane lane) {
    Tags tags =
        Tags.of(
            "app", appId, "kind", DeliveryMeters.label(kind), "lane", DeliveryMeters.label(lane));
    this.accepted = counter(registry, tags, "accepted", "NONE");
    for (Rejection reason : Rejection.values()) {
      rejected.put(reason, counter(registry, tags, "rejected", reason.name()));
    }
    for (Hindrance reason : Hindrance.values()) {
      notSent.put(reason, counter(registry, tags, "not_sent", reason.name()));
    }
    for (Doubt doubt : Doubt.values()) {
      unknown.put(doubt, counter(registry, tags, "unknown", doubt.name()));
    }
  }

  private static Counter counter(MeterRegistry registry, Tags tags, String outcome, String reason) {
    return Counter.builder("wxnotify.messages")
        .description("Messages by outcome; answers from the ledger are not counted.")
        .tags(tags.and("outcome", outcome, "reason", reason))
        .register(registry);
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
      return DeliveryMeters.get(unknown, doubtful.doubt());
    }
    return accepted;
  }
}
