package dev.wxnotify.sandbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What waits leave behind. */
class InboxWaitsTest {

  private static final InboxFilter ALICE =
      new InboxFilter("", "", "alice", "", null, "", null, true, 0);

  /** Their ends come while they begin, on another thread. */
  @Test
  void waitsWithoutTime_areNotFollowedAfterwards() throws Exception {
    InboxLog log = new InboxLog(10, Clock.systemUTC());
    PushLog pushes = new PushLog();
    try (InboxPulse pulse = new InboxPulse(log)) {
      InboxWaits waits =
          new InboxWaits(new Mailbox(10, Clock.systemUTC(), log), pushes, log, pulse);
      for (int i = 0; i < 5_000; i++) {
        InboxWaits.Wait wait = Objects.requireNonNull(waits.start(ALICE, 1, Duration.ZERO), "room");
        assertThat(wait.done().get(60, SECONDS)).isFalse();
      }

      // A wait is done a moment before it leaves.
      Eventually.until("all have left", () -> waits.waiting() == 0 && pulse.followers() == 0);
    }
  }
}
