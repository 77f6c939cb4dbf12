package dev.wxnotify.sandbox;

import org.jspecify.annotations.Nullable;

/** The written form of a fault of pushes, as on the command line. */
final class PushFaultText {

  private PushFaultText() {}

  static PushFault parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length < 2) {
      throw new IllegalArgumentException("fault: " + text + " (expected: event:what[:often])");
    }
    PushFaultKind kind = kind(parts[1]);
    return of(event(parts[0]), kind, millis(kind, parts[1]), parts.length == 3 ? parts[2] : "0");
  }

  static @Nullable PushEventKind event(String label) {
    if (label.equals(FaultText.ANY)) {
      return null;
    }
    return PushEventKind.byLabel(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "event: %s (expected: one of %s or %s)"
                        .formatted(label, PushEventKind.labels(), FaultText.ANY)));
  }

  static PushFaultKind kind(String what) {
    int equals = what.indexOf('=');
    String label = equals < 0 ? what : what.substring(0, equals);
    return PushFaultKind.byLabel(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "what: " + label + " (expected: one of " + PushFaultKind.labels() + ")"));
  }

  static int millis(PushFaultKind kind, String what) {
    int equals = what.indexOf('=');
    if (equals < 0) {
      return 0;
    }
    try {
      return Integer.parseInt(what.substring(equals + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "what: " + what + " (expected: " + kind.label() + " with a number, or late=MS)", e);
    }
  }

  private static PushFault of(
      @Nullable PushEventKind event, PushFaultKind kind, int millis, String often) {
    try {
      if (often.endsWith("%")) {
        double share = Double.parseDouble(often.substring(0, often.length() - 1));
        return new PushFault(event, kind, millis, 0, 1, share / 100);
      }
      if (often.startsWith("1/")) {
        return new PushFault(event, kind, millis, 0, Integer.parseInt(often.substring(2)), 1);
      }
      return new PushFault(event, kind, millis, Integer.parseInt(often), 1, 1);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "often: " + often + " (expected: a count, a share like 10% or a period like 1/20)", e);
    }
  }
}
