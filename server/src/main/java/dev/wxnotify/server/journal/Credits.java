package dev.wxnotify.server.journal;

import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import dev.wxnotify.server.journal.SubscriptionTimes.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How many messages a user is known to accept: what is left when, in the order of time, each
 * acceptance adds one and each message that WeChat took takes one, if there is one. So a message
 * that an unknown acceptance paid for takes nothing of a later one.
 */
final class Credits {
  /** An acceptance that is pushed and reported within this time is one. */
  static final Duration SAME = Duration.ofSeconds(60);

  private Credits() {}

  /**
   * Returns the credits of a one-time template; empty where they are not known: no acceptance is
   * kept, though the subscription is open.
   */
  static OptionalInt of(SubscriptionHistory history) {
    State state = history.times().state();
    if (state == State.REJECTED || state == State.USED_UP) {
      return OptionalInt.of(0);
    }
    List<Instant> acceptances = acceptances(history.acceptances());
    if (state == State.UNKNOWN || acceptances.isEmpty()) {
      return OptionalInt.empty();
    }
    int credits = 0;
    int spent = 0;
    List<Instant> sends = history.sends();
    for (Instant acceptance : acceptances) {
      while (spent < sends.size() && isBefore(sends.get(spent), acceptance)) {
        credits = Math.max(0, credits - 1);
        spent++;
      }
      credits++;
    }
    return OptionalInt.of(Math.max(0, credits - (sends.size() - spent)));
  }

  /** WeChat's times are whole seconds; in one second the acceptance comes first. */
  private static boolean isBefore(Instant send, Instant acceptance) {
    return send.getEpochSecond() < acceptance.getEpochSecond();
  }

  /** Returns each acceptance once, oldest first; the earlier time of one that came twice. */
  private static List<Instant> acceptances(List<Acceptance> all) {
    List<Instant> pushed = new ArrayList<>();
    List<Instant> reported = new ArrayList<>();
    for (Acceptance each : all) {
      (each.source() == Event.Source.REPORTED ? reported : pushed).add(each.at());
    }
    List<Instant> once = new ArrayList<>();
    int next = 0;
    for (Instant push : pushed) {
      while (next < reported.size() && reported.get(next).isBefore(push.minus(SAME))) {
        once.add(reported.get(next++));
      }
      if (next < reported.size() && !reported.get(next).isAfter(push.plus(SAME))) {
        Instant report = reported.get(next++);
        once.add(report.isBefore(push) ? report : push);
      } else {
        once.add(push);
      }
    }
    once.addAll(reported.subList(next, reported.size()));
    once.sort(null);
    return once;
  }
}
