package dev.wxnotify.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.delivery.Permits;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.testing.Turns;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenIssuer.Mode;
import dev.wxnotify.server.token.TokenPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which event moves which series. */
final class MetersTest {
  private static final String APP = "wx-app";
  private static final WeChatError ERROR = new WeChatError(-1, "busy", "6a-1-2");
  private static final Duration LIFE = Duration.ofHours(2);

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final ServerMeters meters = new ServerMeters("1.2.3", List.of(APP, "wx-other"), clock);
  private final DeliveryListener listener = meters.deliveryListener();
  private final Scrape before = Scrape.of(meters);

  @AfterEach
  void close() {
    meters.close();
  }

  private App app(String appId) {
    return TestApps.app(
        appId,
        new TokenCache(
            appId,
            mode -> CompletableFuture.completedStage(new IssueResult.Issued("a-token", LIFE)),
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            30,
            clock,
            timer,
            () -> 0,
            meters.tokenListener()),
        new SeckillTemplate("pages/index", "", "thing1", "time2", "thing3", "note"),
        clock.nanos(),
        timer);
  }

  private Order order(String appId, MessageKind kind, Lane lane) {
    return new Order(
        app(appId),
        new SubscribeMessage(
            "oPersonal_openid",
            "a-template",
            "",
            Map.of("thing1", "a value"),
            MiniProgramState.FORMAL,
            Language.ZH_CN),
        kind,
        "a-caller",
        "a-request-id",
        lane,
        Duration.ofSeconds(1),
        Trace.NONE,
        Instant.EPOCH,
        false);
  }

  private void end(Order order, SendOutcome outcome, int attempts) {
    Reply end = new Reply(outcome, false);
    listener.messageEnded(order, end, end, attempts);
  }

  /** The differences from the start, as {@code series -> difference}. */
  private Map<String, Double> moved() {
    return Scrape.of(meters).since(before, "wxnotify_");
  }

  private static String messages(String kind, String lane, String outcome, String reason) {
    return "wxnotify_messages_total{app=\"wx-app\",kind=\"%s\",lane=\"%s\",outcome=\"%s\",reason=\"%s\"}"
        .formatted(kind, lane, outcome, reason);
  }

  @Test
  void messages_areCountedByWhatBecameOfThem() {
    Order single = order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE);
    Order item = order(APP, MessageKind.SECKILL, Lane.BATCH);
    end(single, new SendOutcome.Accepted("1"), 1);
    end(single, new SendOutcome.Accepted("2"), 1);
    end(item, new SendOutcome.Rejected(Rejected.Reason.USER_NOT_SUBSCRIBED, ERROR), 1);
    end(item, new SendOutcome.NotSent(NotSent.Reason.OVERLOADED, "full"), 0);
    end(single, new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "cut"), 1);

    assertThat(moved())
        .containsOnly(
            Map.entry(messages("subscribe", "single", "accepted", "NONE"), 2.0),
            Map.entry(messages("seckill", "batch", "rejected", "USER_NOT_SUBSCRIBED"), 1.0),
            Map.entry(messages("seckill", "batch", "not_sent", "OVERLOADED"), 1.0),
            Map.entry(messages("subscribe", "single", "unknown", "NO_ANSWER"), 1.0));
  }

  @Test
  void journal_isCounted() {
    meters.journalListener().messagesWritten(3, 1_000_000);
    meters.journalListener().messagesDropped(2);
    meters.journalListener().eventsStored(5, 6, 2_000_000);
    meters.journalListener().eventsFailed(4);
    meters.journalListener().orphansPublished(8);
    meters.watchJournal(() -> true, () -> 7);

    assertThat(moved())
        .contains(
            Map.entry("wxnotify_journal_messages_total{result=\"written\"}", 3.0),
            Map.entry("wxnotify_journal_messages_total{result=\"dropped\"}", 2.0),
            Map.entry("wxnotify_journal_events_total{result=\"stored\"}", 5.0),
            Map.entry("wxnotify_journal_events_total{result=\"repeated\"}", 6.0),
            Map.entry("wxnotify_journal_events_total{result=\"failed\"}", 4.0),
            Map.entry("wxnotify_journal_orphans_total", 8.0),
            Map.entry("wxnotify_journal_writes_seconds_count{kind=\"messages\"}", 1.0),
            Map.entry("wxnotify_journal_writes_seconds_count{kind=\"events\"}", 1.0));
    assertThat(Scrape.of(meters).series("wxnotify_journal_up")).hasSize(1);
    assertThat(Scrape.of(meters).series("wxnotify_journal_queue")).hasSize(1);
  }

  @Test
  void everyEnd_hasASeriesBeforeItHappens() {
    assertThat(before.series("wxnotify_messages_total"))
        .hasSize(
            2 // apps
                * MessageKind.values().length
                * Lane.values().length
                * (1
                    + Rejected.Reason.values().length
                    + NotSent.Reason.values().length
                    + Unknown.Reason.values().length));
  }

  @Test
  void retriesAndLateAnswers_areCounted() {
    Order order = order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE);
    listener.messageEnded(
        order,
        new Reply(new SendOutcome.Accepted("1"), false),
        new Reply(new SendOutcome.Unknown(Unknown.Reason.DEADLINE, "late"), false),
        3);

    assertThat(moved())
        .containsOnly(
            Map.entry(messages("subscribe", "single", "accepted", "NONE"), 1.0),
            Map.entry("wxnotify_messages_retries_total{app=\"wx-app\"}", 2.0),
            Map.entry("wxnotify_messages_late_total{app=\"wx-app\"}", 1.0));
  }

  @Test
  void claims_areCounted_andAReplayIsNoMessage() {
    Order order = order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE);
    SendOutcome accepted = new SendOutcome.Accepted("1");
    listener.claimed(order, new Claim.Granted());
    listener.claimed(order, new Claim.InProgress());
    listener.claimed(order, new Claim.Conflict());
    listener.claimed(order, new Claim.Done(accepted));
    Reply replay = new Reply(accepted, true);
    listener.messageEnded(order, replay, replay, 0);

    String series = "wxnotify_ledger_claims_total{app=\"wx-app\",result=\"%s\"}";
    assertThat(moved())
        .containsOnly(
            Map.entry(series.formatted("granted"), 1.0),
            Map.entry(series.formatted("in_progress"), 1.0),
            Map.entry(series.formatted("conflict"), 1.0),
            Map.entry(series.formatted("replayed"), 1.0));
  }

  @Test
  void attempts_areTimedByTheirResult() {
    Order order = order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE);
    List<Answer> answers =
        List.of(
            new Answer.Accepted("1"),
            new Answer.Rejected(Rejected.Reason.INVALID_PAGE, ERROR, List.of()),
            new Answer.TokenRejected(ERROR),
            new Answer.CredentialsRejected(ERROR),
            new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR),
            new Answer.NotWritten("refused"),
            new Answer.NoAnswer("cut"));
    answers.forEach(
        answer -> listener.attemptEnded(order, answer, Duration.ofMillis(60).toNanos()));

    Scrape now = Scrape.of(meters);
    for (String result :
        List.of(
            "accepted",
            "rejected",
            "token_rejected",
            "credentials_rejected",
            "busy",
            "not_written",
            "no_answer")) {
      String tags = "{app=\"wx-app\",result=\"" + result + "\"";
      String name = "wxnotify_wechat_requests_seconds";
      assertThat(now.value(name + "_count" + tags + "}")).isEqualTo(1);
      assertThat(now.value(name + "_sum" + tags + "}")).isEqualTo(0.06);
      assertThat(now.value(name + "_bucket" + tags + ",le=\"0.05\"}")).isZero();
      assertThat(now.value(name + "_bucket" + tags + ",le=\"0.075\"}")).isEqualTo(1);
      assertThat(now.value(name + "_bucket" + tags + ",le=\"5.0\"}")).isEqualTo(1);
    }
  }

  @Test
  void invalidRequests_areCountedByKindAndLane() {
    listener.messageInvalid(MessageKind.SECKILL, Lane.BATCH);

    assertThat(moved())
        .containsOnly(
            Map.entry("wxnotify_messages_invalid_total{kind=\"seckill\",lane=\"batch\"}", 1.0));
  }

  @Test
  void tokenCalls_areCountedByModeAndResult() {
    var tokens = meters.tokenListener();
    tokens.fetched(APP, Mode.NORMAL, new IssueResult.Issued("a-token", LIFE));
    tokens.fetched(APP, Mode.FORCED, new IssueResult.Unavailable("away"));
    tokens.fetched(APP, Mode.NORMAL, refused(IssueResult.Refused.Kind.CREDENTIALS));
    tokens.fetched(APP, Mode.NORMAL, refused(IssueResult.Refused.Kind.BUSY));
    tokens.rejected(APP);

    String series = "wxnotify_token_fetches_total{app=\"wx-app\",mode=\"%s\",result=\"%s\"}";
    assertThat(moved())
        .containsOnly(
            Map.entry(series.formatted("normal", "issued"), 1.0),
            Map.entry(series.formatted("forced", "unavailable"), 1.0),
            Map.entry(series.formatted("normal", "refused_credentials"), 1.0),
            Map.entry(series.formatted("normal", "refused_busy"), 1.0),
            Map.entry("wxnotify_token_rejections_total{app=\"wx-app\"}", 1.0));
  }

  private static IssueResult refused(IssueResult.Refused.Kind kind) {
    return new IssueResult.Refused(kind, 40125, "invalid appsecret", "6a-1-2");
  }

  @Test
  void appThatIsNotConfigured_neverBecomesALabel() {
    Order order = order("wx-stranger", MessageKind.SUBSCRIBE, Lane.SINGLE);
    end(order, new SendOutcome.Accepted("1"), 3);
    listener.attemptEnded(order, new Answer.Accepted("1"), 1);
    listener.claimed(order, new Claim.Granted());
    meters.tokenListener().fetched("wx-stranger", Mode.NORMAL, new IssueResult.Unavailable("x"));
    meters.tokenListener().rejected("wx-stranger");

    assertThat(moved()).isEmpty();
    assertThat(Scrape.of(meters).text()).doesNotContain("wx-stranger");
  }

  @Test
  void nothingOfAMessageBecomesALabel() {
    Order order = order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE);
    end(order, new SendOutcome.Rejected(Rejected.Reason.INVALID_PAGE, ERROR), 2);
    listener.attemptEnded(order, new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR), 1);
    listener.claimed(order, new Claim.Granted());

    assertThat(Scrape.of(meters).text())
        .doesNotContain("oPersonal_openid", "a-template", "a value", "a-caller", "a-request-id")
        .doesNotContain("6a-1-2", "a-token");
  }

  @Test
  void gauges_tellOfTokensPermitsReadinessAndRedis() {
    App app = app(APP);
    Readiness readiness = new Readiness(new Apps(List.of(app), app), clock);
    AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.empty());
    readiness.watch("redis", trouble::get);
    Permits permits = new Permits(1, 0);
    meters.watch(app, readiness);
    meters.watch(readiness);
    meters.watch("in_flight", permits);
    meters.watchLedger(() -> 8);
    meters.watchRedis(() -> trouble.get().isEmpty(), () -> 5, () -> 6, () -> 7);
    assertGauges("wxnotify_ready", 0, "wxnotify_token_expiry_seconds{app=\"wx-app\"}", 0);

    app.tokens().warmUp();
    readiness.started();
    clock.advance(Duration.ofMinutes(10));
    permits.of(Lane.BATCH).enter(Turns.of(() -> true));
    permits.of(Lane.BATCH).enter(Turns.of(() -> true));
    trouble.set(Optional.of("it hangs"));

    assertGauges("wxnotify_ready", 1, "wxnotify_degraded", 1);
    assertGauges("wxnotify_redis_up", 0, "wxnotify_app_can_send{app=\"wx-app\"}", 1);
    assertGauges("wxnotify_redis_commands_failed_total", 5, "wxnotify_redis_untold", 6);
    assertGauges(
        "wxnotify_ledger_forgotten_total",
        8,
        "wxnotify_permits_waiting{lane=\"batch\",pool=\"in_flight\"}",
        1);
    assertGauges(
        "wxnotify_redis_forgotten_total",
        7,
        "wxnotify_permits_waiting{lane=\"single\",pool=\"in_flight\"}",
        0);
    assertGauges(
        "wxnotify_token_age_seconds{app=\"wx-app\"}",
        600,
        "wxnotify_token_expiry_seconds{app=\"wx-app\"}",
        6_600);
    assertGauges(
        "wxnotify_token_calls_left{app=\"wx-app\"}",
        29,
        "wxnotify_permits_limit{pool=\"in_flight\"}",
        1);
    assertGauges(
        "wxnotify_permits_used{pool=\"in_flight\"}",
        1,
        "wxnotify_permits_waiting{lane=\"batch\",pool=\"in_flight\"}",
        1);
    assertGauges(
        "wxnotify_app_pace{app=\"wx-app\"}", 0, "wxnotify_app_quota_exhausted{app=\"wx-app\"}", 0);
    assertGauges("wxnotify_app_pace_waiting{app=\"wx-app\"}", 0, "wxnotify_ready", 1);
  }

  @Test
  void app_thatComesAndGoes_hasSeriesFromZero_andLeavesNone() {
    App app = app("wx-new");
    Readiness readiness = new Readiness(new Apps(List.of(app), app), clock);
    meters.watch(app, readiness);
    Scrape first = Scrape.of(meters);
    assertThat(first.value("wxnotify_app_can_send{app=\"wx-new\"}")).isEqualTo(1);
    assertThat(first.value("wxnotify_messages_late_total{app=\"wx-new\"}")).isZero();
    assertThat(first.value("wxnotify_token_rejections_total{app=\"wx-new\"}")).isZero();

    app.tokens().warmUp();
    meters.unwatch("wx-new");
    end(order("wx-new", MessageKind.SUBSCRIBE, Lane.SINGLE), new SendOutcome.Accepted("1"), 1);
    Scrape leaving = Scrape.of(meters);
    assertThat(leaving.text()).doesNotContain("wxnotify_app_can_send{app=\"wx-new\"}");
    assertThat(
            leaving.value(
                messages("subscribe", "single", "accepted", "NONE").replace("wx-app", "wx-new")))
        .isEqualTo(1);

    meters.forget("wx-new");
    end(order("wx-new", MessageKind.SUBSCRIBE, Lane.SINGLE), new SendOutcome.Accepted("2"), 1);
    app("wx-new").tokens().warmUp();
    assertThat(Scrape.of(meters).text()).doesNotContain("wx-new").contains("wx-app");

    meters.watch(app, readiness);
    assertThat(Scrape.of(meters).value("wxnotify_messages_late_total{app=\"wx-new\"}")).isZero();
  }

  @Test
  void app_withAnotherTokenCache_isShownByIt_andKeepsItsCounts() {
    App old = app(APP);
    Readiness readiness = new Readiness(new Apps(List.of(old), old), clock);
    meters.watch(old, readiness);
    end(order(APP, MessageKind.SUBSCRIBE, Lane.SINGLE), new SendOutcome.Accepted("1"), 1);
    App now = old.withTokens(app(APP).tokens(), old.templates());
    now.tokens().warmUp();

    meters.watch(now, readiness);

    assertGauges(
        "wxnotify_token_expiry_seconds{app=\"wx-app\"}",
        7_200,
        messages("subscribe", "single", "accepted", "NONE"),
        1);
  }

  @Test
  void reloads_areCountedByResult() {
    meters.countReloads(List.of("applied", "refused")).accept("refused");

    assertGauges(
        "wxnotify_config_reloads_total{result=\"refused\"}",
        1,
        "wxnotify_config_reloads_total{result=\"applied\"}",
        0);
  }

  private void assertGauges(String one, double value, String other, double otherValue) {
    Scrape now = Scrape.of(meters);
    assertThat(now.value(one)).as(one).isEqualTo(value);
    assertThat(now.value(other)).as(other).isEqualTo(otherValue);
  }

  @Test
  void process_isSeenToo() {
    assertThat(before.names())
        .contains(
            "jvm_memory_used_bytes",
            "jvm_gc_memory_allocated_bytes_total",
            "jvm_threads_live_threads",
            "process_cpu_usage",
            "process_files_open_files",
            "process_uptime_seconds",
            "wxnotify_netty_direct_memory_bytes");
    assertThat(before.series("wxnotify_build_info"))
        .singleElement()
        .asString()
        .contains("version=\"1.2.3\"");
  }
}
