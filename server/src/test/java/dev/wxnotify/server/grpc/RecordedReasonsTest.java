package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.v1.SendError.ErrorReason;
import org.junit.jupiter.api.Test;

class RecordedReasonsTest {
  /** The journal has the name only: one name must not mean two reasons. */
  @Test
  void everyReasonOfTheCore_isWhatTheCallerOfTheSendGot_andIsFoundByIt() {
    for (Rejected.Reason each : Rejected.Reason.values()) {
      assertRoundTrip(each.name(), SendErrors.reason(each));
    }
    for (NotSent.Reason each : NotSent.Reason.values()) {
      assertRoundTrip(each.name(), SendErrors.reason(each));
    }
    for (Unknown.Reason each : Unknown.Reason.values()) {
      assertRoundTrip(each.name(), ErrorReason.OUTCOME_UNKNOWN);
    }
  }

  private static void assertRoundTrip(String name, ErrorReason reason) {
    assertThat(RecordedReasons.of(name)).as(name).isEqualTo(reason);
    assertThat(RecordedReasons.named(reason)).contains(name);
  }

  @Test
  void accepted_andReasonsOfANewerReplica_areUnspecified() {
    assertThat(RecordedReasons.of("")).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
    assertThat(RecordedReasons.of("FROM_THE_FUTURE"))
        .isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
  }
}
