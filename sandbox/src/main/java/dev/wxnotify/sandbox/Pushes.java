package dev.wxnotify.sandbox;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox pushes: a receipt for each accepted message, the answers of users, and whatever
 * a control call asks for. Apps without a URL cost nothing.
 */
final class Pushes implements AutoCloseable {

  private final PushRules rules;
  private final InstantSource clock;
  private final PushTimer timer;
  private final PushClient client = new PushClient();
  private final PushEnvelope envelope;
  private final PushFaultBook faults;
  private final PushLog log = new PushLog();
  private final InboxLog events;
  private final PushCounts counts = new PushCounts();
  private final Map<String, PushTarget> targets = new ConcurrentHashMap<>();
  private final PushVerification verification;
  private final PushQueue queue;
  private final AtomicLong ids = new AtomicLong();

  Pushes(PushRules rules, InstantSource clock, PushTimer timer, InboxLog events) {
    this.rules = rules;
    this.clock = clock;
    this.timer = timer;
    this.events = events;
    this.faults = new PushFaultBook(events);
    this.envelope = new PushEnvelope(rules.style());
    this.verification = new PushVerification(rules.repeats(), client, timer, clock);
    this.queue = new PushQueue(rules, targets, client, timer, clock, counts, this::changed);
  }

  /** Sets the URLs of the options, and verifies them. */
  void start() {
    rules.targets().forEach(this::pushTo);
  }

  /** Sets where the pushes of an app go from now on, and verifies the URL. */
  void pushTo(String appId, PushTarget target) {
    targets.put(appId, target);
    verification.begin(appId, target);
  }

  /** Ends the pushes of an app. */
  void stop(String appId) {
    targets.remove(appId);
    verification.forget(appId);
  }

  Map<String, PushTarget> targets() {
    return Map.copyOf(targets);
  }

  /**
   * Pushes the receipt of a message that was accepted just now.
   *
   * @return what the answer of the send has to wait for; null for nothing
   */
  @Nullable CompletionStage<Void> accepted(AcceptedMessage message) {
    if (!rules.automaticReceipts() || !targets.containsKey(message.appId())) {
      return null;
    }
    Push push = receipt(message, null);
    return push.has(PushFaultKind.BEFORE_ANSWER) ? push.tried() : null;
  }

  /**
   * Pushes the receipt of a message.
   *
   * @param result what it says; null for delivered, unless a fault says otherwise
   */
  Push receipt(AcceptedMessage message, @Nullable PushFailure result) {
    Map<PushFaultKind, Integer> strikes = faults.next(PushEventKind.SENT, message.openId());
    PushFailure says = result;
    if (says == null) {
      says = strikes.containsKey(PushFaultKind.FAILED) ? rules.failure() : PushFailure.NONE;
    }
    PushContent content = PushContent.sent(message, clock.instant(), says);
    return push(message.appId(), content, message.msgid(), strikes);
  }

  /** Pushes what a user did, or anything else, if the app has a URL. */
  @Nullable Push push(String appId, PushContent content) {
    return targets.containsKey(appId)
        ? push(appId, content, null, faults.next(content.kind(), content.openId()))
        : null;
  }

  /**
   * Pushes something once more.
   *
   * @param anew false for the same bytes
   */
  Push resend(Push original, boolean anew) {
    Push again =
        new Push(
            ids.incrementAndGet(),
            original.appId(),
            anew ? original.content().at(clock.instant()) : original.content(),
            original.msgid(),
            Map.of(),
            anew ? null : original.request(),
            original.id(),
            queue.epoch());
    add(again, Duration.ZERO);
    return again;
  }

  PushFailure failure() {
    return rules.failure();
  }

  boolean pushesSilentAccepts() {
    return rules.style().silentAccepts();
  }

  PushFaultBook faults() {
    return faults;
  }

  PushLog log() {
    return log;
  }

  SandboxState.Pushes state() {
    return counts.state(queue.unfinished(), verification.results());
  }

  /** Forgets the pushes, also those under way, and the faults; the URLs stay. */
  void reset() {
    queue.forget();
    log.clear();
    counts.clear();
    faults.clear();
    rules.faults().forEach(faults::add);
  }

  @Override
  public void close() {
    timer.close();
    client.close();
  }

  private Push push(
      String appId,
      PushContent content,
      @Nullable Long msgid,
      Map<PushFaultKind, Integer> strikes) {
    PushTarget target = targets.get(appId);
    PushRequest sealed = null;
    if (strikes.containsKey(PushFaultKind.DUPLICATE) && target != null) {
      sealed = envelope.seal(target, appId, content, strikes);
    }
    Duration delay = delay(strikes);
    Push push =
        new Push(ids.incrementAndGet(), appId, content, msgid, strikes, sealed, 0, queue.epoch());
    add(push, delay);
    if (sealed != null) {
      add(
          new Push(
              ids.incrementAndGet(),
              appId,
              content,
              msgid,
              strikes,
              sealed,
              push.id(),
              queue.epoch()),
          delay);
    }
    return push;
  }

  private void add(Push push, Duration delay) {
    counts.created();
    log.add(push);
    changed(push);
    queue.add(push, delay);
  }

  private void changed(Push push) {
    events.add(
        (number, time) ->
            new InboxEvent.PushChanged(
                number,
                time,
                push.id(),
                push.appId(),
                push.content().kind(),
                push.content().openId(),
                push.msgid(),
                push.state(),
                push.attempts()));
  }

  private Duration delay(Map<PushFaultKind, Integer> strikes) {
    if (strikes.containsKey(PushFaultKind.BEFORE_ANSWER)) {
      return Duration.ZERO;
    }
    Duration delay = rules.delay().plusMillis(strikes.getOrDefault(PushFaultKind.LATE, 0));
    long jitter = rules.jitter().toNanos();
    return jitter == 0 ? delay : delay.plusNanos(ThreadLocalRandom.current().nextLong(jitter + 1));
  }
}
