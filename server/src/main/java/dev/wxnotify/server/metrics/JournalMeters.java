package dev.wxnotify.server.metrics;

import dev.wxnotify.server.journal.JournalListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Counts what the journal takes, and what it loses. */
final class JournalMeters implements JournalListener {
  private final Counter written;
  private final Counter dropped;
  private final Counter stored;
  private final Counter repeated;
  private final Counter failed;
  private final Counter orphans;
  private final Timer messageWrites;
  private final Timer eventWrites;

  JournalMeters(MeterRegistry registry) {
    this.written = messages(registry, "written");
    this.dropped = messages(registry, "dropped");
    this.stored = events(registry, "stored");
    this.repeated = events(registry, "repeated");
    this.failed = events(registry, "failed");
    this.orphans =
        Counter.builder("wxnotify.journal.orphans")
            .description("Events shown 30 s late: mostly receipts of messages that are not known.")
            .register(registry);
    this.messageWrites = writes(registry, "messages");
    this.eventWrites = writes(registry, "events");
  }

  private static Counter messages(MeterRegistry registry, String result) {
    return Counter.builder("wxnotify.journal.messages")
        .description("Records of messages, by what became of them.")
        .tag("result", result)
        .register(registry);
  }

  private static Counter events(MeterRegistry registry, String result) {
    return Counter.builder("wxnotify.journal.events")
        .description("Events that the journal was to store, by the result.")
        .tag("result", result)
        .register(registry);
  }

  private static Timer writes(MeterRegistry registry, String kind) {
    return Timer.builder("wxnotify.journal.writes")
        .description("Writes of many rows together to the journal's store.")
        .tag("kind", kind)
        .serviceLevelObjectives(Buckets.LATENCY)
        .register(registry);
  }

  @Override
  public void messagesWritten(int count, long nanos) {
    written.increment(count);
    messageWrites.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void messagesDropped(int count) {
    dropped.increment(count);
  }

  @Override
  public void eventsStored(int count, int known, long nanos) {
    stored.increment(count);
    repeated.increment(known);
    eventWrites.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void eventsFailed(int count) {
    failed.increment(count);
  }

  @Override
  public void orphansPublished(int count) {
    orphans.increment(count);
  }
}
