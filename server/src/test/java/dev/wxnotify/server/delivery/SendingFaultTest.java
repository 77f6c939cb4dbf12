package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.FIRST_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.SECOND_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.testing.TestLedgers;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of messages when this server itself has a fault in the middle of them, such as a
 * class that cannot be loaded: the truth, at once, and nothing stays held.
 */
final class SendingFaultTest {
  private static final String SECRET = "with a secret";
  private static final SendOutcome NOT_SENT =
      new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error");
  private static final SendOutcome UNKNOWN =
      new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "internal server error");

  private final DeliveryFixture fixture =
      new DeliveryFixture(new Permits(1_000, 10), new Permits(1, 0));
  private final RecordingGateway gateway = fixture.gateway;

  /** At which reading of the clock, counted from now, the fault comes; never if it is 0. */
  private int faultAt;

  private final MessageSender sender = sender(gateway);
  private final Admission delivery = delivery(sender, fixture.logTimer);

  @BeforeEach
  void warmUp() {
    fixture.warmUp();
  }

  @AfterEach
  void nextMessageFaresWellAndNothingIsHeld() {
    gateway.go(Until.ANSWERED);
    assertThat(heard(delivery.deliver(fixture.order()))).isInstanceOf(SendOutcome.Accepted.class);
    fixture.assertNothingIsHeld();
    assertThat(sender.recipients().size()).as("recipients").isZero();
  }

  private long readClock() {
    if (faultAt > 0 && --faultAt == 0) {
      throw new NoClassDefFoundError(SECRET);
    }
    return fixture.clock.nanos().getAsLong();
  }

  @Test
  void fault_whenAConnectionIsFree_isNotSent() {
    gateway.go(Until.WRITTEN);
    Delivery first = delivery.deliver(fixture.order("o1"));
    Delivery second = delivery.deliver(fixture.order("o2"));
    Delivery third = delivery.deliver(fixture.order("o3"));

    gateway.go(Until.ANSWERED);
    faultAt = 2; // The first is read for the answer, the second for the next attempt.
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(first)).isEqualTo(new SendOutcome.Accepted("1"));
    assertThat(heard(second)).isEqualTo(NOT_SENT);
    assertThat(heard(third)).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.recipients()).containsExactly("o1", "o3");
  }

  @Test
  void fault_whenTheAnswerComes_isUnknown() {
    gateway.go(Until.WRITTEN);
    Delivery sent = delivery.deliver(fixture.order());

    faultAt = 1;
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard(sent)).isEqualTo(UNKNOWN);
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void fault_whenItCouldNotBeWritten_isNotSent() {
    gateway.go(Until.CALLED);
    Delivery sent = delivery.deliver(fixture.order());

    faultAt = 1;
    gateway.last().answer(new Answer.NotWritten("no connection"));

    assertThat(heard(sent)).isEqualTo(NOT_SENT);
    assertThat(gateway.writes()).isEmpty();
  }

  @Test
  void fault_afterTheDeadline_theAnswerStays() {
    gateway.go(Until.CALLED);
    Delivery sent = delivery.deliver(fixture.order());
    fixture.timer.advance(TIMEOUT);
    SendOutcome told = heard(sent);

    faultAt = 1;
    gateway.last().answer(new Answer.NotWritten("no connection"));

    assertThat(told)
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class,
            no -> assertThat(no.reason()).isEqualTo(NotSent.Reason.DEADLINE_BEFORE_SEND));
    assertThat(heard(sent)).isEqualTo(told);
  }

  @Test
  void fault_ofTheGatewayBeforeTheWrite_isNotSent() {
    Admission broken =
        delivery(
            sender(
                (message, token, gate) -> {
                  throw new NoClassDefFoundError(SECRET);
                }),
            fixture.logTimer);

    Delivery sent = broken.deliver(fixture.order());
    fixture.timer.advance(FIRST_PAUSE.plus(SECOND_PAUSE));

    assertThat(heard(sent))
        .isEqualTo(
            new SendOutcome.NotSent(
                NotSent.Reason.WECHAT_UNREACHABLE,
                "the message gateway failed: NoClassDefFoundError"));
  }

  @Test
  void fault_ofTheLog_changesNothing() {
    ScheduledExecutorService brokenTimer =
        (ScheduledExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                  throw new NoClassDefFoundError(SECRET);
                });
    WeChatError error = new WeChatError(40037, "template_id is invalid", "1-1-1");
    gateway.script(new Answer.Rejected(Rejected.Reason.INVALID_TEMPLATE, error, List.of()));

    Delivery sent = delivery(sender, brokenTimer).deliver(fixture.order());

    assertThat(heard(sent))
        .isEqualTo(new SendOutcome.Rejected(Rejected.Reason.INVALID_TEMPLATE, error));
  }

  private MessageSender sender(MessageGateway behind) {
    return new MessageSender(
        behind,
        fixture.connections,
        new RetryPolicy(() -> 0),
        fixture.clock,
        this::readClock,
        fixture.timer,
        List.of());
  }

  private Admission delivery(MessageSender through, ScheduledExecutorService logTimer) {
    return new Admission(
        fixture.inFlight,
        TestLedgers.inMemory(10, fixture.clock.nanos()),
        SubscriptionCheck.NONE,
        through,
        Duration.ofSeconds(5),
        new OutcomeLog(logTimer));
  }
}
