package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.TestLedgers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends that their callers want withheld where WeChat is known to refuse them. */
final class WithheldTest {
  private static final Reply WITHHELD =
      new Reply(
          new SendOutcome.NotSent(
              NotSent.Reason.USER_NOT_SUBSCRIBED,
              "the user has no subscription left, as far as is known; nothing was sent, since"
                  + " skip_unless_subscribed is set"),
          false);

  private final DeliveryFixture fixture =
      new DeliveryFixture(new Permits(100, 1), new Permits(100, 1));
  private final Set<String> closed = ConcurrentHashMap.newKeySet();
  private boolean isBroken;
  private final Admission delivery =
      new Admission(
          fixture.inFlight,
          TestLedgers.inMemory(1_000, fixture.clock.nanos()),
          (appId, openId, templateId) -> {
            if (isBroken) {
              throw new IllegalStateException("the check is broken");
            }
            return appId.equals("wx-app") && closed.contains(openId);
          },
          fixture.sender,
          Duration.ofSeconds(5),
          new OutcomeLog(fixture.logTimer));

  @AfterEach
  void nothingIsHeld() {
    fixture.assertNothingIsHeld();
    assertThat(delivery.inFlight()).isZero();
  }

  private Order order(String requestId, boolean skipUnlessSubscribed) {
    return new Order(
        fixture.app,
        Samples.message(),
        MessageKind.SUBSCRIBE,
        "caller",
        requestId,
        Lane.SINGLE,
        TIMEOUT,
        Trace.NONE,
        Instant.EPOCH,
        skipUnlessSubscribed);
  }

  private Reply send(String requestId, boolean skipUnlessSubscribed) throws Exception {
    return Await.result(delivery.deliver(order(requestId, skipUnlessSubscribed)).answer());
  }

  @Test
  void send_withoutTheWish_isMade() throws Exception {
    closed.add(Samples.OPEN_ID);

    assertThat(send("", false).outcome()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(send("id", false).outcome()).isInstanceOf(SendOutcome.Accepted.class);
  }

  @Test
  void send_toAUserWhoIsNotKnownToBeClosed_isMade() throws Exception {
    assertThat(send("", true).outcome()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(send("id", true).outcome()).isInstanceOf(SendOutcome.Accepted.class);
  }

  @Test
  void send_thatIsWithheld_costsNothing() throws Exception {
    closed.add(Samples.OPEN_ID);

    assertThat(send("", true)).isEqualTo(WITHHELD);
    assertThat(send("id", true)).isEqualTo(WITHHELD);

    assertThat(fixture.gateway.attempts()).isEmpty();
  }

  @Test
  void send_thatWasWithheld_isNotKeptForReplay() throws Exception {
    closed.add(Samples.OPEN_ID);
    assertThat(send("id", true)).isEqualTo(WITHHELD);
    closed.clear();

    Reply second = send("id", true);

    assertThat(second.outcome()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(second.replayed()).isFalse();
  }

  @Test
  void repeat_ofAnAcceptedSend_isReplayed_alsoWhereItWouldBeWithheld() throws Exception {
    Reply first = send("id", true);
    closed.add(Samples.OPEN_ID);

    assertThat(send("id", true)).isEqualTo(new Reply(first.outcome(), true));
    assertThat(fixture.gateway.writes()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void check_thatIsBroken_leavesItToWeChat(Lane lane) throws Exception {
    isBroken = true;

    assertThat(send(lane == Lane.SINGLE ? "" : "id", true).outcome())
        .isInstanceOf(SendOutcome.Accepted.class);
  }

  /** At one message a second, they would take minutes. */
  @Test
  void itemsOfABatch_thatAreWithheldOrReplayed_takeNoTimeOfThePace() throws Exception {
    fixture.warmUp();
    Reply first = send("id", true);
    List<BatchItem> items = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      closed.add("user-" + i);
      items.add(item("user-" + i, i % 2 == 0 ? "" : "id-" + i));
      items.add(item(Samples.OPEN_ID, "id"));
    }
    items.add(item("user-open", ""));
    for (int i = 0; i < Pace.FEWEST_REFUSED; i++) {
      fixture.app.pace().refused(fixture.clock.nanos().getAsLong());
    }
    assertThat(fixture.app.pace().perSecond()).isPresent();

    List<Reply> told = new ArrayList<>();
    Batch batch = delivery.openBatch(() -> TIMEOUT, () -> {});
    items.forEach(each -> batch.add(each, told::add));

    assertThat(told.subList(0, 200)).containsOnly(WITHHELD, new Reply(first.outcome(), true));
    assertThat(told.get(200).outcome()).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(fixture.gateway.writes()).hasSize(2);
  }

  private BatchItem item(String openId, String requestId) {
    return new BatchItem(
        fixture.app,
        Samples.message(openId),
        MessageKind.SUBSCRIBE,
        "caller",
        requestId,
        Trace.NONE,
        Instant.EPOCH,
        true);
  }

  @Test
  void itemsOfABatch_areWithheldOneByOne() {
    fixture.warmUp();
    closed.add("user-1");
    closed.add("user-2");
    List<Reply> told = new ArrayList<>();
    Batch batch = delivery.openBatch(() -> TIMEOUT, () -> {});
    for (int i = 0; i < 4; i++) {
      batch.add(item("user-" + i, i == 2 ? "id" : ""), told::add);
    }

    assertThat(told).hasSize(4);
    assertThat(told.subList(1, 3)).containsExactly(WITHHELD, WITHHELD);
    assertThat(fixture.gateway.writes()).hasSize(2);
  }
}
