package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.server.delivery.RecentFailures.Count;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
  private static final SendOutcome REFUSED =
      new SendOutcome.Rejected(
          Rejected.Reason.USER_NOT_SUBSCRIBED, new WeChatError(43101, "user refuse", "rid-1"));
  private static final SendOutcome OVERLOADED =
      new SendOutcome.NotSent(NotSent.Reason.OVERLOADED, "full");

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final FakeClock clock = new FakeClock();
  private final RecentFailures failures = new RecentFailures(clock);

  @Test
  void failures_ofAppsAndReasons_areCountedApart() {
    end("a", REFUSED);
    end("a", REFUSED);
    end("b", REFUSED);
    end("a", OVERLOADED);
    end("a", new SendOutcome.Accepted("1"));

    assertThat(failures.counts())
        .extracting(Count::appId, Count::last, Count::count)
        .containsExactlyInAnyOrder(
            tuple("a", REFUSED, 2L), tuple("b", REFUSED, 1L), tuple("a", OVERLOADED, 1L));
  }

  @Test
  void bothDoubts_areOneReason_andTheLastIsShown() {
    end("a", new SendOutcome.Unknown(Unknown.Reason.DEADLINE, "late"));
    clock.advance(Duration.ofSeconds(5));
    SendOutcome last = new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "reset");
    end("a", last);

    assertThat(failures.counts()).containsExactly(new Count("a", last, null, 2, clock.instant()));
  }

  @Test
  void replay_isNoNewFailure() {
    Reply replay = new Reply(REFUSED, true);
    failures.messageEnded(order("a"), replay, replay, 0);

    assertThat(failures.counts()).isEmpty();
  }

  @Test
  void failure_ofMoreThanAnHourAgo_isForgotten() {
    end("a", REFUSED);
    clock.advance(Duration.ofMinutes(30));
    end("a", REFUSED);

    clock.advance(Duration.ofMinutes(29));
    assertThat(failures.counts()).extracting(Count::count).containsExactly(2L);
    clock.advance(Duration.ofMinutes(2));
    assertThat(failures.counts()).extracting(Count::count).containsExactly(1L);
    clock.advance(Duration.ofMinutes(30));
    assertThat(failures.counts()).isEmpty();
  }

  /** The ring wraps around: a new minute reuses the slot of an old one. */
  @Test
  void failures_overManyHours_countTheLastOnly() {
    for (int i = 0; i < 500; i++) {
      end("a", REFUSED);
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(failures.counts()).extracting(Count::count).containsExactly(59L);
  }

  private void end(String appId, SendOutcome outcome) {
    Reply delivered = new Reply(outcome, false);
    failures.messageEnded(order(appId), delivered, delivered, 1);
  }

  private Order order(String appId) {
    return new Order(
        fixture.app(appId),
        Samples.message(),
        MessageKind.SUBSCRIBE,
        "",
        "",
        Lane.SINGLE,
        Duration.ofSeconds(1),
        Trace.NONE,
        Instant.EPOCH,
        false);
  }
}
