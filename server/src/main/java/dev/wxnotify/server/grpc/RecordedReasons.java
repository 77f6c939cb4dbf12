package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The reasons of the contract, and the names of the core's reasons that the journal records. */
final class RecordedReasons {
  private static final Map<String, ErrorReason> BY_NAME = byName();

  private RecordedReasons() {}

  private static Map<String, ErrorReason> byName() {
    Map<String, ErrorReason> all = new HashMap<>();
    for (Rejected.Reason each : Rejected.Reason.values()) {
      all.put(each.name(), SendErrors.reason(each));
    }
    for (NotSent.Reason each : NotSent.Reason.values()) {
      all.put(each.name(), SendErrors.reason(each));
    }
    for (Unknown.Reason each : Unknown.Reason.values()) {
      all.put(each.name(), ErrorReason.OUTCOME_UNKNOWN);
    }
    return Map.copyOf(all);
  }

  /**
   * Returns the reason of a record; unspecified for an accepted message, and for a name that a
   * newer replica wrote.
   */
  static ErrorReason of(String name) {
    return BY_NAME.getOrDefault(name, ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  /** Returns the names that callers see as this reason; none for one that no message ends with. */
  static Set<String> named(ErrorReason reason) {
    Set<String> names = new HashSet<>();
    BY_NAME.forEach(
        (name, of) -> {
          if (of == reason) {
            names.add(name);
          }
        });
    return names;
  }
}
