package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this server can send, for whatever routes calls.
 *
 * <pre>
 *   STARTING ── started() ──▶ RUNNING ── stopping() ──▶ STOPPING
 *   not ready                 ready, if at least        not ready
 *                             one app can send
 * </pre>
 *
 * <p>An app cannot send while WeChat refuses this server its credentials, which only the operator
 * can correct. A WeChat that is slow, busy or away changes nothing, nor does a quota of the day
 * that is used up: another replica would fare no better. A refusal of sends (and not of tokens,
 * which are asked for without callers too) counts for a minute: a server that stayed not ready
 * would get no calls, and never learn that the operator has corrected it.
 *
 * <p>It hears of sends as a listener, and takes no part in them. Concurrency: one atomic reference
 * and one concurrent map; a report is a look at each, not a snapshot of all.
 */
public final class Readiness implements DeliveryListener {
  private static final Duration REFUSAL_COUNTS = Duration.ofMinutes(1);

  private final Apps apps;
  private final InstantSource clock;
  private final Map<String, Supplier<Optional<String>>> helpers = new LinkedHashMap<>();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STARTING);

  /** When WeChat last refused an app's sends; only those whose last send was refused. */
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

  private enum Phase {
    STARTING,
    RUNNING,
    STOPPING
  }

  private record Refusal(long atMillis, @Nullable WeChatError error) {}

  /** How well the server can send. */
  public enum Status {
    /** As well as it should. */
    READY,
    /** It sends, and the reasons tell what does not work. */
    DEGRADED,
    /** It takes no calls, or no app can send. */
    NOT_READY
  }

  /**
   * What there is to say now.
   *
   * @param reasons why it is not {@link Status#READY}, for people; nothing secret is in them
   */
  public record Report(Status status, List<String> reasons) {}

  /**
   * A server that is starting.
   *
   * @param clock the time of day, by which tokens end
   */
  public Readiness(Apps apps, InstantSource clock) {
    this.apps = apps;
    this.clock = clock;
  }

  /**
   * Adds something that the server can do without; to be called before anything asks.
   *
   * @param name what it is, for people
   * @param trouble why it is of no use now; empty while it is
   */
  public void watch(String name, Supplier<Optional<String>> trouble) {
    helpers.put(name, trouble);
  }

  /** Forgets what WeChat said of an app that this server no longer has. */
  public void forget(String appId) {
    refusals.remove(appId);
  }

  /** Says that the start is complete. */
  public void started() {
    phase.compareAndSet(Phase.STARTING, Phase.RUNNING);
  }

  /** Says that the server has begun to stop. */
  public void stopping() {
    phase.set(Phase.STOPPING);
  }

  @Override
  public void messageEnded(Order order, Reply end, Reply told, int attempts) {
    if (attempts == 0) {
      return;
    }
    String appId = order.app().appId();
    if (end.outcome() instanceof SendOutcome.NotSent no
        && no.reason() == NotSent.Reason.WECHAT_CREDENTIALS) {
      refusals.put(appId, new Refusal(clock.millis(), no.error()));
    } else if (!refusals.isEmpty() && weChatLookedAt(end.outcome())) {
      refusals.remove(appId);
    }
  }

  private static boolean weChatLookedAt(SendOutcome outcome) {
    return outcome instanceof SendOutcome.Accepted || outcome instanceof SendOutcome.Rejected;
  }

  /** Tells whether calls should come here. */
  public boolean isReady() {
    return report().status() != Status.NOT_READY;
  }

  /** Looks at everything. */
  public Report report() {
    List<String> reasons = new ArrayList<>();
    boolean anyCanSend = false;
    for (App app : apps.all()) {
      anyCanSend |= canSend(app);
      String trouble = trouble(app);
      if (trouble != null) {
        reasons.add("app " + app.appId() + ": " + trouble);
      }
      app.templates()
          .unfitFor(app.seckill())
          .ifPresent(why -> reasons.add("app " + app.appId() + ": " + why));
    }
    helpers.forEach(
        (name, trouble) -> trouble.get().ifPresent(why -> reasons.add(name + ": " + why)));
    return switch (phase.get()) {
      case STARTING -> notReady("the server is starting", reasons);
      case STOPPING -> notReady("the server is stopping", reasons);
      case RUNNING -> new Report(running(anyCanSend, reasons.isEmpty()), List.copyOf(reasons));
    };
  }

  private static Report notReady(String why, List<String> reasons) {
    reasons.add(0, why);
    return new Report(Status.NOT_READY, List.copyOf(reasons));
  }

  private static Status running(boolean anyCanSend, boolean allIsWell) {
    if (!anyCanSend) {
      return Status.NOT_READY;
    }
    return allIsWell ? Status.READY : Status.DEGRADED;
  }

  /** Tells whether WeChat lets an app send, as far as is known. */
  public boolean canSend(App app) {
    TokenStatus token = app.tokens().status();
    return refusal(app) == null && (!token.isRefused() || token.hasToken(clock.instant()));
  }

  /** Returns what does not work for an app; null while everything does. */
  private @Nullable String trouble(App app) {
    Refusal refusal = refusal(app);
    if (refusal != null) {
      return "WeChat rejects its messages" + describe(refusal.error);
    }
    TokenStatus token = app.tokens().status();
    IssueResult.Failure failure = token.trouble();
    if (failure != null && (token.isRefused() || !token.hasToken(clock.instant()))) {
      return "no new token: " + failure.explanation();
    }
    WeChatError usedUp = app.quota().why();
    return usedUp == null
        ? null
        : "its daily quota is used up; one message a minute is sent as a probe" + describe(usedUp);
  }

  private @Nullable Refusal refusal(App app) {
    Refusal refusal = refusals.get(app.appId());
    return refusal == null || clock.millis() - refusal.atMillis >= REFUSAL_COUNTS.toMillis()
        ? null
        : refusal;
  }

  private static String describe(@Nullable WeChatError error) {
    return error == null
        ? ""
        : ": " + error.errcode() + " " + error.errmsg() + " rid: " + error.rid();
  }
}
