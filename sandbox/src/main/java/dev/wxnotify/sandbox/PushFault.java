package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with pushes, and how often.
 *
 * @param event which pushes; null for all
 * @param kind what goes wrong
 * @param millis how late, for {@link PushFaultKind#LATE}; otherwise 0
 * @param count after how many times it ends; 0 for never
 * @param every it strikes every n-th push; 1 for all
 * @param probability the chance that it strikes a push, above 0 and at most 1
 */
public record PushFault(
    @Nullable PushEventKind event,
    PushFaultKind kind,
    int millis,
    int count,
    int every,
    double probability) {

  /** Rejects values outside the ranges. */
  public PushFault {
    if (kind.takesArgument() ? millis <= 0 : millis != 0) {
      throw new IllegalArgumentException(
          "what: %s=%d (expected: late=MS, above 0, or a kind without a value)"
              .formatted(kind.label(), millis));
    }
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
    }
    if (every < 1) {
      throw new IllegalArgumentException("every: " + every + " (expected: >= 1)");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "probability: " + probability + " (expected: above 0, at most 1)");
    }
  }

  /** A fault that strikes every push until it is cleared. */
  public static PushFault of(PushFaultKind kind) {
    return new PushFault(null, kind, 0, 0, 1, 1);
  }

  /** The same, ending after {@code count} times. */
  public PushFault times(int count) {
    return new PushFault(event, kind, millis, count, every, probability);
  }

  /** The same, for one kind of push only. */
  public PushFault on(PushEventKind event) {
    return new PushFault(event, kind, millis, count, every, probability);
  }

  /**
   * Reads {@code event:what[:often]}: the event is sent, popup, change, other or any, and often is
   * a count ({@code 3}), a share ({@code 10%}) or a period ({@code 1/20}).
   */
  public static PushFault parse(String text) {
    return PushFaultText.parse(text);
  }

  boolean concerns(PushEventKind other) {
    return event == null || event == other;
  }

  String eventLabel() {
    return event == null ? FaultText.ANY : event.label();
  }

  String what() {
    return kind.takesArgument() ? kind.label() + "=" + millis : kind.label();
  }
}
