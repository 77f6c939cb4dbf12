package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Readiness.Report;
import dev.wxnotify.server.delivery.Readiness.Status;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.token.IssueResult.Refused;
import dev.wxnotify.server.token.IssueResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When calls should come here, and what is said of it. */
final class ReadinessTest {
  private static final Refused WRONG_SECRET =
      new Refused(Refused.Kind.CREDENTIALS, 40125, "invalid appsecret", "6a-1-2");
  private static final WeChatError QUOTA =
      new WeChatError(45009, "reach max api daily quota limit", "6a-1-4");
  private static final WeChatError NOT_LISTED = new WeChatError(40164, "invalid ip", "6a-1-3");

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Readiness readiness =
      new Readiness(new Apps(List.of(fixture.app, fixture.otherApp), null), fixture.clock);
  private final Admission delivery = fixture.delivery(readiness);

  private void start() {
    fixture.warmUp();
    readiness.started();
  }

  private Order orderOf(App app) {
    return new Order(
        app,
        Samples.message(),
        MessageKind.SUBSCRIBE,
        "",
        "",
        Lane.SINGLE,
        DeliveryFixture.TIMEOUT,
        Trace.NONE,
        Instant.EPOCH,
        false);
  }

  private void sendAndHear(App app, Answer answer) {
    fixture.gateway.go(Until.WRITTEN);
    delivery.deliver(orderOf(app));
    fixture.gateway.last().answer(answer);
  }

  @Test
  void report_beforeTheStartIsComplete_isNotReady() {
    fixture.warmUp();

    assertThat(readiness.report())
        .isEqualTo(new Report(Status.NOT_READY, List.of("the server is starting")));
    assertThat(readiness.isReady()).isFalse();
  }

  @Test
  void report_allIsWell_isReadyWithoutReasons() {
    start();

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
    assertThat(readiness.isReady()).isTrue();
  }

  @Test
  void report_stopping_isNotReadyForGood() {
    start();
    readiness.stopping();
    readiness.started();

    assertThat(readiness.report())
        .isEqualTo(new Report(Status.NOT_READY, List.of("the server is stopping")));
  }

  @Test
  void report_oneAppIsRefusedItsToken_isDegradedAndNamesIt() {
    fixture.issuer.script(WRONG_SECRET);
    start();

    assertThat(readiness.report().status()).isEqualTo(Status.DEGRADED);
    assertThat(readiness.report().reasons())
        .singleElement()
        .asString()
        .startsWith("app wx-app: ")
        .contains("40125", "rid: 6a-1-2");
    assertThat(readiness.canSend(fixture.app)).isFalse();
    assertThat(readiness.canSend(fixture.otherApp)).isTrue();
  }

  @Test
  void report_allAppsAreRefusedTheirTokens_isNotReadyUntilOneIsNot() {
    fixture.issuer.script(WRONG_SECRET, WRONG_SECRET);
    start();
    assertThat(readiness.report().status()).isEqualTo(Status.NOT_READY);
    assertThat(readiness.report().reasons()).hasSize(2);

    fixture.timer.advance(Duration.ofMinutes(1)); // The caches ask again by themselves.

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }

  @Test
  void report_renewalIsRefusedWhileTheTokenLives_isDegradedAndCanSend() {
    start();
    fixture.issuer.script(WRONG_SECRET, WRONG_SECRET);
    fixture.timer.advance(ScriptedTokenIssuer.LIFE.minusMinutes(4).plusSeconds(1));

    assertThat(readiness.report().status()).isEqualTo(Status.DEGRADED);
    assertThat(readiness.report().reasons()).hasSize(2);
    assertThat(readiness.canSend(fixture.app)).isTrue();
  }

  @Test
  void report_weChatIsAway_isDegradedAndReady() {
    Unavailable away = new Unavailable("connection refused");
    fixture.issuer.script(away, away);
    start();

    assertThat(readiness.report().status()).isEqualTo(Status.DEGRADED);
    assertThat(readiness.report().reasons())
        .hasSize(2)
        .allMatch(reason -> reason.endsWith(": no new token: connection refused"));
    assertThat(readiness.isReady()).isTrue();
  }

  @Test
  void report_renewalHiccupsWhileTheTokenLives_isReady() {
    start();
    Unavailable away = new Unavailable("connection refused");
    fixture.issuer.script(away, away);
    fixture.timer.advance(ScriptedTokenIssuer.LIFE.minusMinutes(4).plusMillis(2));
    assertThat(fixture.app.tokens().status().trouble()).isEqualTo(away);

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }

  @Test
  void report_aRejectedTokenIsBeingReplaced_isReady() {
    start();
    fixture.issuer.hold();
    sendAndHear(fixture.app, new Answer.TokenRejected(new WeChatError(40001, "no", "")));
    assertThat(fixture.app.tokens().status().receivedAt()).isNull();

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));

    fixture.issuer.release();
    fixture.gateway.last().answer(new Answer.Accepted("1"));
    fixture.assertNothingIsHeld();
  }

  @Test
  void report_sendsOfAllAppsAreRefused_isNotReadyForAMinute() {
    start();
    sendAndHear(fixture.app, new Answer.CredentialsRejected(NOT_LISTED));
    assertThat(readiness.report())
        .isEqualTo(
            new Report(
                Status.DEGRADED,
                List.of("app wx-app: WeChat rejects its messages: 40164 invalid ip rid: 6a-1-3")));

    sendAndHear(fixture.otherApp, new Answer.CredentialsRejected(NOT_LISTED));
    assertThat(readiness.report().status()).isEqualTo(Status.NOT_READY);

    fixture.timer.advance(Duration.ofSeconds(59));
    assertThat(readiness.isReady()).isFalse();
    fixture.timer.advance(Duration.ofSeconds(1));
    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }

  @Test
  void report_aSendGoesThroughAgain_isReadyAtOnce() {
    start();
    sendAndHear(fixture.app, new Answer.CredentialsRejected(NOT_LISTED));
    sendAndHear(
        fixture.app,
        new Answer.Rejected(
            Rejected.Reason.USER_NOT_SUBSCRIBED, new WeChatError(43101, "refuse", ""), List.of()));

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }

  @Test
  void report_unreachableAfterARefusal_stillCountsAsRefused() {
    start();
    sendAndHear(fixture.app, new Answer.CredentialsRejected(NOT_LISTED));
    sendAndHear(fixture.app, new Answer.NoAnswer("cut"));

    assertThat(readiness.canSend(fixture.app)).isFalse();
  }

  @Test
  void report_quotasOfAllAppsAreUsedUp_isDegradedAndReadyUntilAMessageGoesThrough() {
    start();
    Answer usedUp = new Answer.Rejected(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, QUOTA, List.of());
    sendAndHear(fixture.app, usedUp);
    sendAndHear(fixture.otherApp, usedUp);

    assertThat(readiness.report().status()).isEqualTo(Status.DEGRADED);
    assertThat(readiness.report().reasons())
        .hasSize(2)
        .contains(
            "app wx-app: its daily quota is used up; one message a minute is sent as a probe:"
                + " 45009 reach max api daily quota limit rid: 6a-1-4");
    assertThat(readiness.isReady()).isTrue();
    assertThat(readiness.canSend(fixture.app)).isTrue();

    fixture.timer.advance(DailyQuota.PROBE_INTERVAL);
    sendAndHear(fixture.app, new Answer.Accepted("1"));
    sendAndHear(fixture.otherApp, new Answer.Accepted("2"));

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }

  @Test
  void report_aHelperIsInTrouble_isDegradedAndTellsWhy() {
    AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.of("it hangs"));
    readiness.watch("redis", trouble::get);
    start();
    assertThat(readiness.report())
        .isEqualTo(new Report(Status.DEGRADED, List.of("redis: it hangs")));
    assertThat(readiness.isReady()).isTrue();

    trouble.set(Optional.empty());

    assertThat(readiness.report()).isEqualTo(new Report(Status.READY, List.of()));
  }
}
