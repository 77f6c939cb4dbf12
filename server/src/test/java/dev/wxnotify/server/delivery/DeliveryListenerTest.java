package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.answer;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a listener learns about messages, and that its faults do no harm. */
final class DeliveryListenerTest {
  private static final WeChatError ERROR = new WeChatError(-1, "said so", "1-1-1");
  private static final SendOutcome ACCEPTED = new SendOutcome.Accepted("7");

  private final DeliveryFixture fixture =
      new DeliveryFixture(new Permits(2, 1), new Permits(100, 1));
  private final RecordingGateway gateway = fixture.gateway;
  private final Heard heard = new Heard();
  private final Admission delivery = fixture.delivery(heard);

  @AfterEach
  void nothingIsHeld() {
    fixture.assertNothingIsHeld();
  }

  private record End(Order order, Reply end, Reply told, int attempts) {}

  private record Attempt(Answer answer, Duration took) {}

  /** Records its calls. */
  private static final class Heard implements DeliveryListener {
    final List<End> ends = new ArrayList<>();
    final List<Attempt> attempts = new ArrayList<>();
    final List<Claim> claims = new ArrayList<>();
    final List<String> invalid = new ArrayList<>();

    @Override
    public void messageEnded(Order order, Reply end, Reply told, int count) {
      ends.add(new End(order, end, told, count));
    }

    @Override
    public void messageInvalid(MessageKind kind, Lane lane) {
      invalid.add(kind + "/" + lane);
    }

    @Override
    public void attemptEnded(Order order, Answer answer, long nanos) {
      attempts.add(new Attempt(answer, Duration.ofNanos(nanos)));
    }

    @Override
    public void claimed(Order order, Claim claim) {
      claims.add(claim);
    }
  }

  /** Throws whenever it is called. */
  private static final class Broken implements DeliveryListener {
    int calls;

    private void fail() {
      calls++;
      throw new AssertionError("broken on purpose");
    }

    @Override
    public void messageEnded(Order order, Reply end, Reply told, int attempts) {
      fail();
    }

    @Override
    public void messageInvalid(MessageKind kind, Lane lane) {
      fail();
    }

    @Override
    public void attemptEnded(Order order, Answer answer, long nanos) {
      fail();
    }

    @Override
    public void claimed(Order order, Claim claim) {
      fail();
    }
  }

  private Order named(String requestId) {
    return fixture.order(Samples.OPEN_ID, requestId, Lane.SINGLE, TIMEOUT);
  }

  @Test
  void accepted_isHeardOnceWithItsOrderAndHowLongWeChatTook() {
    fixture.warmUp();
    gateway.go(Until.WRITTEN);
    Order order = fixture.order();
    delivery.deliver(order);
    fixture.timer.advance(Duration.ofMillis(40));

    gateway.last().answer(new Answer.Accepted("7"));

    Reply end = new Reply(ACCEPTED, false);
    assertThat(heard.ends).containsExactly(new End(order, end, end, 1));
    assertThat(heard.attempts)
        .containsExactly(new Attempt(new Answer.Accepted("7"), Duration.ofMillis(40)));
    assertThat(heard.claims).isEmpty();
  }

  @Test
  void busyTwice_isHeardAsThreeAttemptsAndOneEnd() {
    fixture.warmUp();
    gateway.go(Until.WRITTEN);
    Delivery sent = delivery.deliver(fixture.order());
    gateway.last().answer(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR));
    fixture.timer.advance(DeliveryFixture.FIRST_PAUSE);
    gateway.last().answer(new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR));
    fixture.timer.advance(DeliveryFixture.SECOND_PAUSE);
    gateway.last().answer(new Answer.Accepted("7"));

    assertThat(heard(sent)).isEqualTo(ACCEPTED);
    assertThat(heard.attempts)
        .extracting(Attempt::answer)
        .containsExactly(
            new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR),
            new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR),
            new Answer.Accepted("7"));
    assertThat(heard.ends).singleElement().extracting(End::attempts).isEqualTo(3);
  }

  @Test
  void answerAfterTheDeadline_isHeardAsTheTruthBesideWhatTheCallerWasTold() {
    fixture.warmUp();
    gateway.go(Until.WRITTEN);
    Delivery sent = delivery.deliver(fixture.order(Duration.ofSeconds(1)));
    fixture.timer.advance(Duration.ofSeconds(1));
    assertThat(heard.ends).as("nobody knows yet").isEmpty();

    gateway.last().answer(new Answer.Accepted("7"));

    assertThat(heard.ends)
        .singleElement()
        .satisfies(
            end -> {
              assertThat(end.end.outcome()).isEqualTo(ACCEPTED);
              assertThat(end.told).isEqualTo(answer(sent));
              assertThat(end.told.outcome()).isInstanceOf(SendOutcome.Unknown.class);
            });
  }

  @Test
  void overloaded_isHeardWithoutAnAttempt() {
    gateway.go(Until.WRITTEN);
    delivery.deliver(fixture.order("ann"));
    delivery.deliver(fixture.order("bob"));
    heard.ends.clear();

    Delivery refused = delivery.deliver(fixture.order("eve"));

    assertThat(heard.ends)
        .singleElement()
        .satisfies(
            end -> {
              assertThat(end.end).isEqualTo(answer(refused));
              assertThat(end.attempts).isZero();
            });
    gateway.writes().forEach(write -> write.answer(new Answer.Accepted("")));
  }

  @Test
  void requestId_claimsAreHeardAndARepeatEndsReplayed() {
    gateway.go(Until.WRITTEN);
    delivery.deliver(named("id"));
    delivery.deliver(named("id"));
    gateway.last().answer(new Answer.Accepted("7"));

    delivery.deliver(named("id"));

    assertThat(heard.claims)
        .containsExactly(new Claim.Granted(), new Claim.InProgress(), new Claim.Done(ACCEPTED));
    assertThat(heard.ends)
        .extracting(end -> end.end.replayed(), End::attempts)
        .containsExactly(tuple(false, 0), tuple(false, 1), tuple(true, 0));
  }

  @Test
  void invalid_isHeardWithItsKindAndLane() {
    delivery.countInvalid(MessageKind.SECKILL, Lane.BATCH);

    assertThat(heard.invalid).containsExactly("SECKILL/BATCH");
  }

  @Test
  void brokenListener_harmsNoMessage() {
    Broken broken = new Broken();
    Admission watched = fixture.delivery(broken);

    assertThat(heard(watched.deliver(fixture.order()))).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(answer(watched.deliver(named("id"))).replayed()).isFalse();
    assertThat(answer(watched.deliver(named("id"))).replayed()).isTrue();
    watched.countInvalid(MessageKind.SUBSCRIBE, Lane.SINGLE);

    assertThat(broken.calls).isEqualTo(8);
    assertThat(gateway.writes()).hasSize(2);
  }
}
