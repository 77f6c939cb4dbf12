package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The current token of one kind of one app, and the one before it.
 *
 * <pre>
 *   issued                       expiry - grace            expiry
 *     |----- the same token --------|-- a call replaces it --|
 *                                   |== old one still valid =|   (at most the grace)
 * </pre>
 *
 * <p>The token before that ends immediately, so two replacements in a row end a token. WeChat
 * recommends this to invalidate a leaked token.
 */
final class TokenSlot {

  private final TokenRules rules;
  private final Function<Instant, IssuedToken> mint;

  @GuardedBy("this")
  private @Nullable IssuedToken current;

  @GuardedBy("this")
  private @Nullable IssuedToken previous;

  @GuardedBy("this")
  private @Nullable Instant lastForced;

  @GuardedBy("this")
  private long forcedDay;

  @GuardedBy("this")
  private int forcedToday;

  TokenSlot(TokenRules rules, Function<Instant, IssuedToken> mint) {
    this.rules = rules;
    this.mint = mint;
  }

  /** A new token; the last one stays valid for the grace period. */
  synchronized IssuedToken replace(Instant now) {
    if (previous != null) {
      previous.endAt(now);
    }
    if (current != null) {
      current.endAt(now.plus(rules.graceInEffect()));
    }
    previous = current;
    IssuedToken next = mint.apply(now);
    current = next;
    return next;
  }

  /** The current token, replaced first if it is in its last minutes. */
  synchronized IssuedToken get(Instant now) {
    IssuedToken token = current;
    if (token == null || token.remaining(now).compareTo(rules.graceInEffect()) <= 0) {
      return replace(now);
    }
    return token;
  }

  /** A new token, unless the last forced refresh was just before. */
  synchronized IssuedToken force(Instant now) throws Refused {
    if (lastForced != null && now.isBefore(lastForced.plus(rules.forceInterval()))) {
      return get(now);
    }
    long day = BeijingTime.day(now);
    if (day != forcedDay) {
      forcedDay = day;
      forcedToday = 0;
    }
    if (forcedToday >= rules.forcedPerDay()) {
      throw new Refused(ErrorTexts.DAILY_QUOTA);
    }
    forcedToday++;
    lastForced = now;
    return replace(now);
  }

  /** Ends the current token; false if there is none. */
  synchronized boolean revoke(RevokeMode mode, Instant now) {
    if (current == null) {
      return false;
    }
    if (mode == RevokeMode.SUPERSEDED) {
      replace(now);
      if (previous != null) {
        previous.endAt(now);
      }
    } else {
      current.endAt(now);
    }
    return true;
  }

  /** The newest token, valid or not; null if none was issued. */
  synchronized @Nullable IssuedToken current() {
    return current;
  }

  synchronized void forgetForced() {
    lastForced = null;
    forcedToday = 0;
  }
}
