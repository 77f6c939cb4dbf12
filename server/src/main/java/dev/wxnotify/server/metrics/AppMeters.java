package dev.wxnotify.server.metrics;

import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.message.MessageKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is counted of the messages of one app. */
final class AppMeters {
  private final MeterRegistry registry;
  private final String appId;

  private final Map<MessageKind, Map<Lane, OutcomeMeters>> ends = new EnumMap<>(MessageKind.class);

  /** Repeats at one message, beyond its first attempt. */
  final Counter retries;

  /** Messages whose caller was told UNKNOWN before the truth came. */
  final Counter late;

  private final Timer accepted;
  private final Timer rejected;
  private final Timer tokenRejected;
  private final Timer credentialsRejected;
  private final Timer busy;
  private final Timer notWritten;
  private final Timer noAnswer;

  private final Counter granted;
  private final Counter replayed;
  private final Counter inProgress;
  private final Counter conflict;

  AppMeters(MeterRegistry registry, String appId) {
    this.registry = registry;
    this.appId = appId;
    for (MessageKind kind : MessageKind.values()) {
      Map<Lane, OutcomeMeters> lanes = new EnumMap<>(Lane.class);
      for (Lane lane : Lane.values()) {
        lanes.put(lane, new OutcomeMeters(registry, appId, kind, lane));
      }
      ends.put(kind, lanes);
    }
    this.retries =
        Counter.builder("wxnotify.messages.retries")
            .description("Attempts to send a message to WeChat, beyond the first one.")
            .tag("app", appId)
            .register(registry);
    this.late =
        Counter.builder("wxnotify.messages.late")
            .description("Messages whose outcome arrived after the caller had received UNKNOWN.")
            .tag("app", appId)
            .register(registry);
    this.accepted = attempts("accepted");
    this.rejected = attempts("rejected");
    this.tokenRejected = attempts("token_rejected");
    this.credentialsRejected = attempts("credentials_rejected");
    this.busy = attempts("busy");
    this.notWritten = attempts("not_written");
    this.noAnswer = attempts("no_answer");
    this.granted = claims("granted");
    this.replayed = claims("replayed");
    this.inProgress = claims("in_progress");
    this.conflict = claims("conflict");
  }

  private Timer attempts(String result) {
    return Timer.builder("wxnotify.wechat.requests")
        .description("Attempts to send a message to WeChat, by result.")
        .tags("app", appId, "result", result)
        .serviceLevelObjectives(Buckets.LATENCY)
        .register(registry);
  }

  private Counter claims(String result) {
    return Counter.builder("wxnotify.ledger.claims")
        .description("Answers of the request id ledger to messages with a request id.")
        .tags("app", appId, "result", result)
        .register(registry);
  }

  /** Returns what became of all messages so far. */
  Outcomes outcomes() {
    long accepted = 0;
    long rejected = 0;
    long notSent = 0;
    long unknown = 0;
    for (Map<Lane, OutcomeMeters> lanes : ends.values()) {
      for (OutcomeMeters each : lanes.values()) {
        accepted += each.accepted();
        rejected += each.rejected();
        notSent += each.notSent();
        unknown += each.unknown();
      }
    }
    return new Outcomes(accepted, rejected, notSent, unknown);
  }

  void ended(MessageKind kind, Lane lane, SendOutcome outcome) {
    DeliveryMeters.get(DeliveryMeters.get(ends, kind), lane).count(outcome);
  }

  void attempt(Answer answer, long nanos) {
    timerOf(answer).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timerOf(Answer answer) {
    if (answer instanceof Answer.Accepted) {
      return accepted;
    }
    if (answer instanceof Answer.Rejected) {
      return rejected;
    }
    if (answer instanceof Answer.Busy) {
      return busy;
    }
    if (answer instanceof Answer.TokenRejected) {
      return tokenRejected;
    }
    if (answer instanceof Answer.CredentialsRejected) {
      return credentialsRejected;
    }
    return answer instanceof Answer.NotWritten ? notWritten : noAnswer;
  }

  void claimed(Claim claim) {
    if (claim instanceof Claim.Granted) {
      granted.increment();
    } else if (claim instanceof Claim.Done) {
      replayed.increment();
    } else if (claim instanceof Claim.InProgress) {
      inProgress.increment();
    } else {
      conflict.increment();
    }
  }
}
