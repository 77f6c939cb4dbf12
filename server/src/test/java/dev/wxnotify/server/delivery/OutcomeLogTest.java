package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The log lines of a whole delivery. */
final class OutcomeLogTest {
  private static final WeChatError ERROR =
      new WeChatError(40037, "invalid template_id", "64300265-0451f298-143cb2bf");
  private static final String GOODS = "something personal";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final DeliveryFixture fixture = new DeliveryFixture();
  private Level levelBefore = Level.INFO;

  @BeforeEach
  void capture() {
    fixture.warmUp();
    levelBefore = root.getLevel();
    root.setLevel(Level.TRACE);
    appender.start();
    root.addAppender(appender);
  }

  @AfterEach
  void stopCapturing() {
    root.detachAppender(appender);
    root.setLevel(levelBefore);
  }

  private void deliver(String openId) {
    deliver(openId, Trace.NONE);
  }

  private void deliver(String openId, Trace trace) {
    deliver(openId, "request-1", trace);
  }

  private void deliver(String openId, String requestId, Trace trace) {
    Order order =
        new Order(
            fixture.app,
            Samples.message(openId, GOODS),
            MessageKind.SUBSCRIBE,
            "caller",
            requestId,
            Lane.SINGLE,
            DeliveryFixture.TIMEOUT,
            trace,
            Instant.EPOCH,
            false);
    fixture.delivery.deliver(order);
  }

  private void fail(int times, Rejected.Reason reason) {
    for (int i = 0; i < times; i++) {
      fixture.gateway.script(new Answer.Rejected(reason, ERROR, List.of()));
      deliver(Samples.OPEN_ID, "", Trace.NONE);
    }
  }

  private static Map<String, String> fields(ILoggingEvent event) {
    Map<String, String> fields = new HashMap<>();
    if (event.getKeyValuePairs() != null) {
      event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
    }
    return fields;
  }

  private static List<Answer> answers() {
    return List.of(
        new Answer.Accepted("1"),
        new Answer.Rejected(Rejected.Reason.INVALID_TEMPLATE, ERROR, List.of()),
        new Answer.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, ERROR, List.of()),
        new Answer.CredentialsRejected(ERROR),
        new Answer.TokenRejected(ERROR),
        new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR),
        new Answer.NotWritten("refused"),
        new Answer.NoAnswer("reset"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void deliver_anyEnding_logsNoOpenIdNoTextAndNoToken(Answer answer) {
    fixture.gateway.script(answer, answer, answer);

    deliver(Samples.OPEN_ID);
    deliver("short");
    fixture.timer.advance(DeliveryFixture.TIMEOUT);

    assertThat(appender.list)
        .extracting(event -> event.getFormattedMessage() + fields(event))
        .allSatisfy(
            line ->
                assertThat(line)
                    .doesNotContain(Samples.OPEN_ID, "short", GOODS, "token-1", "token-2")
                    .doesNotContain("request-1"));
  }

  @Test
  void deliver_accepted_logsNothing() {
    deliver(Samples.OPEN_ID);

    assertThat(appender.list).isEmpty();
  }

  @Test
  void deliver_rejected_isOneLineWithFieldsThatNameTheErrorAndMaskTheUser() {
    fixture.gateway.script(new Answer.Rejected(Rejected.Reason.INVALID_TEMPLATE, ERROR, List.of()));

    deliver(Samples.OPEN_ID, () -> "4bf92f3577b34da6a3ce929d0e0e4736");

    assertThat(appender.list).hasSize(1);
    ILoggingEvent event = appender.list.get(0);
    assertThat(event.getLevel()).isEqualTo(Level.INFO);
    assertThat(event.getFormattedMessage()).isEqualTo("message rejected");
    assertThat(fields(event))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "app", "wx-app",
                "open_id", "oAB***jkl",
                "outcome", "rejected",
                "reason", "INVALID_TEMPLATE",
                "caller", "caller",
                "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736",
                "errcode", "40037",
                "errmsg", "invalid template_id",
                "rid", "64300265-0451f298-143cb2bf"));
  }

  @Test
  void deliver_notSent_saysWhy() {
    fixture.gateway.script(
        new Answer.NotWritten("refused"),
        new Answer.NotWritten("refused"),
        new Answer.NotWritten("refused"));

    deliver(Samples.OPEN_ID);
    fixture.timer.advance(DeliveryFixture.TIMEOUT);

    assertThat(appender.list).hasSize(1);
    assertThat(appender.list.get(0).getFormattedMessage()).isEqualTo("message not sent: refused");
    assertThat(fields(appender.list.get(0)))
        .containsEntry("reason", "WECHAT_UNREACHABLE")
        .doesNotContainKeys("errcode", "errmsg", "rid", "trace_id");
  }

  @Test
  void deliver_errmsgThatRepeatsTheOpenId_isMasked() {
    fixture.gateway.script(
        new Answer.Rejected(
            Rejected.Reason.INVALID_OPEN_ID,
            new WeChatError(40003, "invalid openid " + Samples.OPEN_ID, ""),
            List.of()));

    deliver(Samples.OPEN_ID);

    assertThat(fields(appender.list.get(0))).containsEntry("errmsg", "invalid openid oAB***jkl");
  }

  @Test
  void deliver_userNotSubscribed_isOneLineAtDebug() {
    fixture.gateway.script(
        new Answer.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, ERROR, List.of()));

    deliver(Samples.OPEN_ID);

    assertThat(appender.list).hasSize(1);
    assertThat(appender.list.get(0).getLevel()).isEqualTo(Level.DEBUG);
    assertThat(fields(appender.list.get(0)))
        .containsEntry("reason", "USER_NOT_SUBSCRIBED")
        .containsEntry("open_id", "oAB***jkl");
  }

  @Test
  void deliver_manyFailuresOfOneKind_areAFewLinesAndOneThatCountsTheRest() {
    fail(OutcomeLog.LINES + 7, Rejected.Reason.INVALID_TEMPLATE);

    assertThat(appender.list).hasSize(OutcomeLog.LINES);

    fixture.logTimer.advance(OutcomeLog.WINDOW);

    assertThat(appender.list).hasSize(OutcomeLog.LINES + 1);
    assertThat(appender.list.get(OutcomeLog.LINES).getLevel()).isEqualTo(Level.INFO);
    assertThat(fields(appender.list.get(OutcomeLog.LINES)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "app", "wx-app",
                "outcome", "rejected",
                "reason", "INVALID_TEMPLATE",
                "count", "7"));

    fail(1, Rejected.Reason.INVALID_TEMPLATE);

    assertThat(appender.list).as("a new window").hasSize(OutcomeLog.LINES + 2);
  }

  @Test
  void deliver_failuresOfAnotherKind_haveLinesOfTheirOwn() {
    fail(OutcomeLog.LINES + 1, Rejected.Reason.INVALID_TEMPLATE);
    fail(1, Rejected.Reason.INVALID_PAGE);

    assertThat(appender.list).hasSize(OutcomeLog.LINES + 1);
    assertThat(fields(appender.list.get(OutcomeLog.LINES))).containsEntry("reason", "INVALID_PAGE");
  }

  @Test
  void deliver_fewFailures_areNotCountedOnceMore() {
    fail(OutcomeLog.LINES, Rejected.Reason.INVALID_TEMPLATE);
    fixture.logTimer.advance(OutcomeLog.WINDOW);

    assertThat(appender.list).hasSize(OutcomeLog.LINES);
    assertThat(fixture.logTimer.pending()).isZero();
  }

  @Test
  void refuse_atALimit_isALineToo() {
    var ignored = fixture.delivery.refuse(fixture.order(), Duration.ofSeconds(1));

    assertThat(appender.list).hasSize(1);
    assertThat(fields(appender.list.get(0))).containsEntry("reason", "OVERLOADED");
  }

  @Test
  void deliver_failureWhileTheServerStops_harmsNothing() {
    fixture.logTimer.shutdown();

    fail(2, Rejected.Reason.INVALID_TEMPLATE);

    assertThat(appender.list).hasSize(2);
    fixture.assertNothingIsHeld();
  }

  @Test
  void deliver_replayed_logsNoSecondLine() {
    fixture.gateway.script(new Answer.NoAnswer("reset"));

    deliver(Samples.OPEN_ID);
    deliver(Samples.OPEN_ID);

    assertThat(appender.list).hasSize(1);
  }

  @Test
  void deliver_answeredAfterTheDeadline_logsTheTruth() {
    fixture.gateway.go(Until.WRITTEN);
    deliver(Samples.OPEN_ID);
    fixture.timer.advance(DeliveryFixture.TIMEOUT);
    assertThat(appender.list).isEmpty();

    fixture.gateway.last().answer(new Answer.NoAnswer("the truth"));

    assertThat(appender.list).hasSize(1);
    assertThat(appender.list.get(0).getFormattedMessage()).contains("the truth");
  }
}
