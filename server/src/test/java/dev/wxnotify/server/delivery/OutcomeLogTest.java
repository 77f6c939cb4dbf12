package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Permits.Lane;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What a whole delivery writes to the log. */
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
    Order order =
        new Order(
            fixture.app,
            Samples.message(openId, GOODS),
            MessageKind.SUBSCRIBE,
            "caller",
            "request-1",
            Lane.SINGLE,
            DeliveryFixture.TIMEOUT);
    fixture.delivery.deliver(order);
  }

  private static List<Answer> answers() {
    return List.of(
        new Answer.Accepted("1"),
        new Answer.Rejected(Rejection.INVALID_TEMPLATE, ERROR, List.of()),
        new Answer.Rejected(Rejection.USER_NOT_SUBSCRIBED, ERROR, List.of()),
        new Answer.CredentialsRejected(ERROR),
        new Answer.TokenRejected(ERROR),
        new Answer.Busy(Rejection.WECHAT_BUSY, ERROR),
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
        .extracting(ILoggingEvent::getFormattedMessage)
        .allSatisfy(
            line ->
                assertThat(line)
                    .doesNotContain(Samples.OPEN_ID, "short", GOODS, "token-1", "token-2"));
  }

  @Test
  void deliver_accepted_logsNothing() {
    deliver(Samples.OPEN_ID);

    assertThat(appender.list).isEmpty();
  }

  @Test
  void deliver_rejected_isOneLineThatNamesTheErrorAndMasksTheUser() {
    fixture.gateway.script(new Answer.Rejected(Rejection.INVALID_TEMPLATE, ERROR, List.of()));

    deliver(Samples.OPEN_ID);

    assertThat(appender.list).hasSize(1);
    assertThat(appender.list.get(0).getLevel()).isEqualTo(Level.INFO);
    assertThat(appender.list.get(0).getFormattedMessage())
        .isEqualTo(
            "app wx-app: to oAB***jkl: rejected, INVALID_TEMPLATE"
                + " (WeChat 40037 invalid template_id rid: 64300265-0451f298-143cb2bf)");
  }

  @Test
  void deliver_userNotSubscribed_isOneLineAtDebug() {
    fixture.gateway.script(new Answer.Rejected(Rejection.USER_NOT_SUBSCRIBED, ERROR, List.of()));

    deliver(Samples.OPEN_ID);

    assertThat(appender.list).hasSize(1);
    assertThat(appender.list.get(0).getLevel()).isEqualTo(Level.DEBUG);
    assertThat(appender.list.get(0).getFormattedMessage())
        .isEqualTo("app wx-app: oAB***jkl is not subscribed");
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
