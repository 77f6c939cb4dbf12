package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops an app's messages when WeChat says that its quota of the day is used up, and finds out when
 * it is not any more: the operator may have cleared or raised it.
 *
 * <pre>
 *            quota used up                   a minute later, with the next message
 *   OPEN ────────────────────▶ STOPPED ────────────────────────────────────────────▶ PROBING
 *    ▲                            ▲                                                     │
 *    │                            └────────── used up: for a minute; anything else: ────┤
 *    │                                        the next message is a probe               │
 *    └──────────────── WeChat took the probe, or has reset the quota ────────────────────┘
 * </pre>
 *
 * <p>Each message carries the pass that it was let out with. Only an answer to a message with the
 * pass of this moment changes anything, so that answers to those that were under way are not taken
 * for news.
 *
 * <p>Concurrency: one atomic reference to an immutable state; an open quota costs two reads of it.
 */
public final class DailyQuota {
  static final Duration PROBE_INTERVAL = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(DailyQuota.class);

  private final String appId;
  private final LongSupplier nanoClock;
  private final AtomicReference<State> state = new AtomicReference<>(new Open(new Pass()));

  /** What a message is let out with; each is only equal to itself. */
  static final class Pass {}

  private sealed interface State {
    /** Returns what messages that are let out in this state carry; null while none is. */
    @Nullable Pass pass();
  }

  private record Open(Pass pass) implements State {}

  private record Stopped(WeChatError why, long probeNanos) implements State {
    @Override
    public @Nullable Pass pass() {
      return null;
    }
  }

  private record Probing(WeChatError why, Pass pass) implements State {}

  /**
   * Creates a quota that is not used up.
   *
   * @param appId for the log
   * @param nanoClock as {@link System#nanoTime}
   */
  public DailyQuota(String appId, LongSupplier nanoClock) {
    this.appId = appId;
    this.nanoClock = nanoClock;
  }

  /** Tells whether the app's messages are stopped; one a minute goes out all the same. */
  public boolean isStopped() {
    return !(state.get() instanceof Open);
  }

  /** Returns what WeChat said when it stopped the app; null while it is not stopped. */
  public @Nullable WeChatError why() {
    State now = state.get();
    if (now instanceof Stopped stopped) {
      return stopped.why;
    }
    return now instanceof Probing probing ? probing.why : null;
  }

  /**
   * Lets a message out, or not.
   *
   * @return its pass, to be given back with the {@link #answered answer}; null if it is stopped
   */
  @Nullable Pass enter() {
    State now = state.get();
    if (now instanceof Open open) {
      return open.pass;
    }
    if (now instanceof Stopped stopped && nanoClock.getAsLong() - stopped.probeNanos >= 0) {
      Pass probe = new Pass();
      return state.compareAndSet(stopped, new Probing(stopped.why, probe)) ? probe : null;
    }
    return null;
  }

  /** Tells whether a message with {@code pass} may still be written. */
  boolean isValid(Pass pass) {
    return state.get().pass() == pass;
  }

  /**
   * Hears what WeChat answered to the message with {@code pass}.
   *
   * @return whether the app is stopped from now on
   */
  boolean answered(Pass pass, Answer answer) {
    State now = state.get();
    if (now.pass() != pass) {
      return false; // It was let out before the quota was used up, or before it was open again.
    }
    if (answer instanceof Answer.Rejected no
        && no.reason() == Rejected.Reason.DAILY_QUOTA_EXHAUSTED
        && state.compareAndSet(now, stoppedFor(no.error(), PROBE_INTERVAL))) {
      if (now instanceof Open) {
        log.warn(
            "app {}: the daily quota is used up; one message a minute is sent as a probe", appId);
      }
      return now instanceof Open;
    }
    if (now instanceof Probing probing) {
      if (answer instanceof Answer.Accepted) {
        if (state.compareAndSet(now, new Open(new Pass()))) {
          log.info("app {}: WeChat accepts messages again", appId);
        }
      } else {
        state.compareAndSet(now, stoppedFor(probing.why, Duration.ZERO));
      }
    }
    return false;
  }

  /** Lets messages out again: WeChat has reset the quota. */
  public void cleared() {
    State now = state.get();
    while (!(now instanceof Open)) {
      if (state.compareAndSet(now, new Open(new Pass()))) {
        log.info("app {}: the daily quota is cleared; messages are sent again", appId);
        return;
      }
      now = state.get();
    }
  }

  private Stopped stoppedFor(WeChatError why, Duration time) {
    return new Stopped(why, nanoClock.getAsLong() + time.toNanos());
  }
}
