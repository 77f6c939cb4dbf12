package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.FIRST_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.testing.Turns;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How messages affect each other. */
final class MessageSenderTest {
  private static final WeChatError ERROR = new WeChatError(-1, "system error", "");

  /** Far more than fit on a stack. */
  private static final int MANY = 50_000;

  private static Delivery deliver(DeliveryFixture fixture, App app, String openId) {
    return fixture.delivery.deliver(
        new Order(
            app,
            Samples.message(openId),
            MessageKind.SUBSCRIBE,
            "",
            "",
            Lane.SINGLE,
            TIMEOUT,
            Trace.NONE,
            Instant.EPOCH,
            false));
  }

  private static DeliveryFixture warm(Permits inFlight, Permits connections) {
    DeliveryFixture fixture = new DeliveryFixture(inFlight, connections);
    fixture.warmUp();
    return fixture;
  }

  @Test
  void send_sameRecipient_oneAtATimeInOrder() {
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(100, 1));
    fixture.gateway.go(Until.WRITTEN);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      deliveries.add(
          fixture.delivery.deliver(
              new Order(
                  fixture.app,
                  Samples.message("ann", "thing " + i),
                  MessageKind.SUBSCRIBE,
                  "",
                  "",
                  Lane.SINGLE,
                  TIMEOUT,
                  Trace.NONE,
                  Instant.EPOCH,
                  false)));
    }

    for (int i = 0; i < 3; i++) {
      assertThat(fixture.gateway.attempts()).hasSize(i + 1);
      assertThat(fixture.gateway.last().message().data()).containsEntry("thing1", "thing " + i);
      fixture.gateway.last().answer(new Answer.Accepted("" + i));
      assertThat(heard(deliveries.get(i))).isEqualTo(new SendOutcome.Accepted("" + i));
    }
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_otherRecipient_goesAtOnce() {
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(100, 1));
    fixture.gateway.go(Until.WRITTEN);

    deliver(fixture, fixture.app, "ann");
    deliver(fixture, fixture.app, "bob");

    assertThat(fixture.gateway.recipients()).containsExactly("ann", "bob");
    fixture.gateway.writes().forEach(write -> write.answer(new Answer.Accepted("")));

    fixture.assertNothingIsHeld();
  }

  @Test
  void send_sameOpenIdOfAnotherApp_goesAtOnceWithItsOwnToken() {
    List<String> tokens = new ArrayList<>();
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(100, 1));
    MessageSender sender =
        fixture.sender(
            (message, token, gate) -> {
              tokens.add(token.value());
              return fixture.gateway.send(Samples.message("user-" + tokens.size()), token, gate);
            },
            fixture.timer);
    fixture.gateway.go(Until.WRITTEN);
    for (App app : List.of(fixture.app, fixture.otherApp)) {
      sender
          .prepare(
              new Order(
                  app,
                  Samples.message(),
                  MessageKind.SUBSCRIBE,
                  "",
                  "",
                  Lane.SINGLE,
                  TIMEOUT,
                  Trace.NONE,
                  Instant.EPOCH,
                  false),
              1,
              0)
          .start();
    }

    assertThat(tokens).containsExactly("token-1", "token-2");
  }

  @Test
  void send_recipientInAPause_keepsItsTurn() {
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(100, 1));
    fixture.gateway.script(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR));
    Delivery first = deliver(fixture, fixture.app, "ann");
    Delivery second = deliver(fixture, fixture.app, "ann");
    assertThat(fixture.gateway.attempts()).hasSize(1);

    fixture.timer.advance(FIRST_PAUSE);

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("msg-2"));
    assertThat(heard(second)).isEqualTo(new SendOutcome.Accepted("msg-3"));
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_connectionsTaken_singlesGoBeforeBatches() {
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(1, 0));
    fixture.gateway.go(Until.WRITTEN);
    deliver(fixture, fixture.app, "first");
    for (String item : List.of("batch-1", "batch-2")) {
      fixture
          .delivery
          .admission()
          .enter(
              Turns.of(
                  1,
                  () -> {
                    fixture.delivery.deliverAdmitted(
                        fixture.order(item, "", Lane.BATCH, TIMEOUT), 1, 0);
                    return true;
                  }));
    }
    deliver(fixture, fixture.app, "single-1");
    deliver(fixture, fixture.app, "single-2");
    fixture.gateway.go(Until.ANSWERED);

    fixture.gateway.last().answer(new Answer.Accepted(""));

    assertThat(fixture.gateway.recipients())
        .containsExactly("first", "single-1", "single-2", "batch-1", "batch-2");
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_batchesAtTheirConnections_leaveTheReserveToSingles() {
    DeliveryFixture fixture = warm(new Permits(100, 1), new Permits(3, 1));
    fixture.gateway.go(Until.WRITTEN);
    for (int i = 0; i < 5; i++) {
      Order item = fixture.order("batch-" + i, "", Lane.BATCH, TIMEOUT);
      fixture
          .delivery
          .admission()
          .enter(
              Turns.of(
                  1,
                  () -> {
                    fixture.delivery.deliverAdmitted(item, 1, 0);
                    return true;
                  }));
    }

    deliver(fixture, fixture.app, "single");

    assertThat(fixture.gateway.recipients()).containsExactly("batch-0", "batch-1", "single");
    fixture.gateway.go(Until.ANSWERED);
    fixture.gateway.writes().forEach(write -> write.answer(new Answer.Accepted("")));
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_manyToOneRecipientAreAnsweredOnTheSpot_doNotFillTheStack() {
    DeliveryFixture fixture = warm(new Permits(2 * MANY, 1), new Permits(100, 1));
    fixture.gateway.go(Until.WRITTEN);
    List<Delivery> deliveries =
        Collections.nCopies(MANY, "ann").stream()
            .map(openId -> deliver(fixture, fixture.app, openId))
            .toList();
    fixture.gateway.go(Until.ANSWERED);

    fixture.gateway.last().answer(new Answer.Accepted(""));

    assertThat(deliveries)
        .allSatisfy(one -> assertThat(heard(one)).isInstanceOf(SendOutcome.Accepted.class));
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_manyToOneRecipientFindNoToken_doNotFillTheStack() {
    DeliveryFixture fixture = new DeliveryFixture(new Permits(2 * MANY, 1), new Permits(100, 1));
    fixture.issuer.script(new Unavailable("refused"));
    fixture.issuer.hold();
    List<Delivery> deliveries =
        Collections.nCopies(MANY, "ann").stream()
            .map(openId -> deliver(fixture, fixture.app, openId))
            .toList();

    fixture.issuer.release();

    assertThat(deliveries)
        .allSatisfy(one -> assertThat(heard(one)).isInstanceOf(SendOutcome.NotSent.class));
    assertThat(fixture.gateway.attempts()).isEmpty();
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_manyWaitForOneConnectionAndAreAnsweredOnTheSpot_doNotFillTheStack() {
    DeliveryFixture fixture = warm(new Permits(2 * MANY, 1), new Permits(1, 0));
    fixture.gateway.go(Until.WRITTEN);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      deliveries.add(deliver(fixture, fixture.app, "user-" + i));
    }
    fixture.gateway.go(Until.ANSWERED);

    fixture.gateway.last().answer(new Answer.Accepted(""));

    assertThat(deliveries)
        .allSatisfy(one -> assertThat(heard(one)).isInstanceOf(SendOutcome.Accepted.class));
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_manyBatchItemsWaitForAdmissionAndAreAnsweredOnTheSpot_doNotFillTheStack() {
    DeliveryFixture fixture = warm(new Permits(1, 0), new Permits(1, 0));
    fixture.gateway.go(Until.WRITTEN);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Order item = fixture.order("user-" + i, "", Lane.BATCH, TIMEOUT);
      fixture
          .delivery
          .admission()
          .enter(Turns.of(1, () -> deliveries.add(fixture.delivery.deliverAdmitted(item, 1, 0))));
    }
    fixture.gateway.go(Until.ANSWERED);

    fixture.gateway.last().answer(new Answer.Accepted(""));

    assertThat(deliveries)
        .hasSize(MANY)
        .allSatisfy(one -> assertThat(heard(one)).isInstanceOf(SendOutcome.Accepted.class));
    fixture.assertNothingIsHeld();
  }

  @Test
  void send_manyGivenUpWhileTheyWait_doNotFillTheStack() {
    DeliveryFixture fixture = warm(new Permits(2 * MANY, 1), new Permits(1, 0));
    fixture.gateway.go(Until.WRITTEN);
    List<Delivery> toAnn = new ArrayList<>();
    List<Delivery> toOthers = new ArrayList<>();
    for (int i = 0; i < MANY / 2; i++) {
      toAnn.add(deliver(fixture, fixture.app, "ann"));
      toOthers.add(deliver(fixture, fixture.app, "user-" + i));
    }
    toOthers.forEach(Delivery::cancel);
    toAnn.stream().skip(1).forEach(Delivery::cancel);

    fixture.gateway.last().answer(new Answer.Accepted(""));

    assertThat(fixture.gateway.recipients()).containsExactly("ann");
    fixture.assertNothingIsHeld();
  }
}
