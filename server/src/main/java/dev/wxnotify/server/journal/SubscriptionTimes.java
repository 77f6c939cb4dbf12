package dev.wxnotify.server.journal;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When each kind of fact last happened to a subscription. Facts may arrive in any order and more
 * than once: the latest of a kind counts.
 *
 * @param accepted when the user last accepted; null if not known
 * @param rejected when the user last rejected; null if not known
 * @param refused when WeChat last refused a message with 43101; null if not known
 * @param sent when WeChat last took a message; kept only where {@code refused} or {@code rejected}
 *     is set; null if not known
 */
public record SubscriptionTimes(
    @Nullable Instant accepted,
    @Nullable Instant rejected,
    @Nullable Instant refused,
    @Nullable Instant sent) {
  /** Nothing is known. */
  public static final SubscriptionTimes NONE = new SubscriptionTimes(null, null, null, null);

  /** What the last fact says. */
  public enum State {
    /** The user accepts messages. */
    ACCEPTED,
    /** The user rejected. */
    REJECTED,
    /** WeChat refused a message with 43101. */
    USED_UP,
    /** Nothing is known. */
    UNKNOWN
  }

  /** Returns these times with one more fact. */
  public SubscriptionTimes with(SubscriptionFact fact) {
    Instant at = fact.at();
    return switch (fact.kind()) {
      case ACCEPTED -> new SubscriptionTimes(later(accepted, at), rejected, refused, sent);
      case REJECTED -> new SubscriptionTimes(accepted, later(rejected, at), refused, sent);
      case REFUSED -> new SubscriptionTimes(accepted, rejected, later(refused, at), sent);
      case SENT -> new SubscriptionTimes(accepted, rejected, refused, later(sent, at));
    };
  }

  /** Returns the later of each of the times. */
  public SubscriptionTimes merged(SubscriptionTimes other) {
    return new SubscriptionTimes(
        later(accepted, other.accepted),
        later(rejected, other.rejected),
        later(refused, other.refused),
        later(sent, other.sent));
  }

  /**
   * Returns what the last fact says. WeChat's times are whole seconds, so seconds are compared; a
   * tie counts as accepted.
   */
  public State state() {
    Optional<Instant> closed = closedAt();
    Instant open = later(accepted, sent);
    if (closed.isEmpty()) {
      return open == null ? State.UNKNOWN : State.ACCEPTED;
    }
    if (open != null && open.getEpochSecond() >= closed.get().getEpochSecond()) {
      return State.ACCEPTED;
    }
    return rejected != null && rejected.equals(closed.get()) ? State.REJECTED : State.USED_UP;
  }

  /** Returns when the user last rejected, or WeChat last refused a message with 43101. */
  public Optional<Instant> closedAt() {
    return Optional.ofNullable(later(rejected, refused));
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    if (one == null) {
      return other;
    }
    return other == null || one.isAfter(other) ? one : other;
  }
}
