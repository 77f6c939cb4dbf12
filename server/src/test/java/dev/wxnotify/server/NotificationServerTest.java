package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.util.concurrent.ListenableFuture;
import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.EffectKind;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.RevokeMode;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.Language;
import dev.wxnotify.v1.MiniProgramState;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The whole server on real sockets, against the sandbox. */
@Timeout(60)
class NotificationServerTest {

  @ParameterizedTest
  @EnumSource(Transport.class)
  void messages_overEveryTransport_reachWeChatOnce(Transport transport) throws Exception {
    assumeThat(transport.whyNot()).isNull();
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.io.transport", transport.name()))) {
      List<ListenableFuture<SendSubscribeMessageResponse>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            server
                .future()
                .sendSubscribeMessage(
                    SendSubscribeMessageRequest.newBuilder()
                        .setMessage(RunningServer.messageTo("oUser_" + i))
                        .build()));
      }

      Set<String> ids = new HashSet<>();
      for (ListenableFuture<SendSubscribeMessageResponse> each : answers) {
        ids.add(each.get().getMessageId());
      }
      assertThat(ids).hasSize(200);
      assertThat(server.sandbox().messages())
          .extracting(message -> Long.toString(message.msgid()))
          .containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  @Test
  void subscribeMessage_reachesWeChatByteForByte() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageResponse response =
          server
              .blocking()
              .sendSubscribeMessage(
                  SendSubscribeMessageRequest.newBuilder()
                      .setMessage(
                          RunningServer.messageTo("oUser_1").toBuilder()
                              .setPage("/pages/order?id=7&x=%E4%BD%A0")
                              .putData("thing1", "咖啡 \"大\" \\ </b> 😀")
                              .setMiniProgramState(MiniProgramState.MINI_PROGRAM_STATE_TRIAL)
                              .setLanguage(Language.LANGUAGE_ZH_HK))
                      .build());

      AcceptedMessage message = server.sandbox().messages().get(0);
      assertThat(message.body().text())
          .isEqualTo(
              "{\"touser\":\"oUser_1\",\"template_id\":\""
                  + SandboxTemplates.SECKILL_TEMPLATE_ID
                  + "\",\"page\":\"pages/order?id=7&x=%E4%BD%A0\",\"miniprogram_state\":\"trial\","
                  + "\"lang\":\"zh_HK\",\"data\":{\"thing1\":{\"value\":\"咖啡 \\\"大\\\" \\\\ </b> 😀\"},"
                  + "\"time2\":{\"value\":\"2026-11-24 20:00\"},\"thing3\":{\"value\":\"soon\"}}}");
      assertThat(response.getMessageId()).isEqualTo(Long.toString(message.msgid()));
      assertThat(message.msgid()).isGreaterThan(1L << 53);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "1234567890123456789, 1234567890123456789",
    "12345678901234567890, 123456789012345...",
    "123456789012345678901, 123456789012345...",
    "12345678901234😀67890, 12345678901234...",
    "1234567890123😀567890, 1234567890123😀...",
    "一二三四五六七八九十一二三四五六七八九十, 一二三四五六七八九十一二三四五...",
  })
  void seckillMessage_reachesWeChatByteForByte(String goodsName, String shown) throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertThat(
              server
                  .blocking()
                  .sendSeckillMessage(
                      SendSeckillMessageRequest.newBuilder()
                          .setMessage(
                              SeckillMessage.newBuilder()
                                  .setOpenId("oUser_1")
                                  .setTemplateId(SandboxTemplates.SECKILL_TEMPLATE_ID)
                                  .setGoodsName(goodsName)
                                  .setTime("2026年11月24日 20:00")
                                  .setCorpId("a&b=c")
                                  .setCustomerId("客 户"))
                          .build())
                  .getMessageId())
          .isNotEmpty();

      assertThat(server.sandbox().messages().get(0).body().text())
          .isEqualTo(
              "{\"touser\":\"oUser_1\",\"template_id\":\""
                  + SandboxTemplates.SECKILL_TEMPLATE_ID
                  + "\",\"page\":\"pages/seckill/index?corpId=a%26b%3Dc&customerId=%E5%AE%A2%20%E6%88%B7\","
                  + "\"miniprogram_state\":\"formal\",\"lang\":\"zh_CN\",\"data\":{"
                  + "\"thing1\":{\"value\":\""
                  + shown
                  + "\"},\"time2\":{\"value\":\"2026年11月24日 20:00\"},"
                  + "\"thing3\":{\"value\":\"秒杀活动即将开始,支持一键发布到商店\"}}}");
    }
  }

  @Test
  void firstCalls_fiveHundredAtOnce_fetchOneToken() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      sendAll(server, 500, "first-");

      assertThat(server.sandbox().state().tokenFetches(SandboxOptions.APP_ID).stable()).isOne();
      assertThat(server.sandbox().messages()).hasSize(500);
    }
  }

  @ParameterizedTest
  @EnumSource(RevokeMode.class)
  void tokenRevoked_underTwoThousandSends_allAreAcceptedOnceWithAtMostTwoMoreFetches(
      RevokeMode mode) throws Exception {
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(100)).build();
    try (RunningServer server =
        RunningServer.start(options, Map.of("wxnotify.grpc.max-in-flight", "4000"))) {
      sendAll(server, 1, "warm-");

      List<ListenableFuture<SendSubscribeMessageResponse>> sends = startAll(server, 1000, "user-");
      while (server.sandbox().state().sendsReceived() < 500) {
        Thread.onSpinWait();
      }
      assertThat(server.sandbox().revokeToken(SandboxOptions.APP_ID, mode)).isPositive();
      // However late the revocation was, these meet it.
      sends.addAll(startAll(server, 1000, "more-"));
      assertAllAccepted(sends);

      assertThat(server.sandbox().state().tokenFetches(SandboxOptions.APP_ID).stable())
          .as("the first fetch, and at most two after the revocation")
          .isBetween(2L, 3L);
      assertThat(server.sandbox().messages())
          .extracting(AcceptedMessage::openId)
          .hasSize(2001)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void answerCutAfterTheWrite_isUnknown_andOneRequestReachedWeChat() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      sendAll(server, 1, "warm-");
      server
          .sandbox()
          .addFault(Fault.on(SandboxEndpoint.SEND, Effect.of(EffectKind.RESET_AFTER)).times(1));

      StatusRuntimeException failure =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> server.blocking().sendSubscribeMessage(RunningServer.requestTo("user")));

      assertThat(RunningServer.sendError(failure).getReason())
          .isEqualTo(ErrorReason.OUTCOME_UNKNOWN);
      assertThat(server.sandbox().messages())
          .extracting(AcceptedMessage::openId)
          .containsExactly("warm-0", "user");
    }
  }

  @Test
  void unknownOutcome_isReplayed_andNothingIsSentAgain() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageRequest request =
          RunningServer.requestTo("sandbox-reset-after").toBuilder().setRequestId("id").build();
      for (int i = 0; i < 3; i++) {
        StatusRuntimeException failure =
            catchThrowableOfType(
                StatusRuntimeException.class,
                () -> server.blocking().sendSubscribeMessage(request));
        assertThat(RunningServer.sendError(failure).getOutcome())
            .isEqualTo(Outcome.OUTCOME_UNKNOWN);
      }
      assertThat(server.sandbox().state().sendsReceived()).isOne();
    }
  }

  @Test
  void acceptedMessage_isReplayed() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      SendSubscribeMessageRequest request =
          RunningServer.requestTo("user").toBuilder().setRequestId("id").build();

      SendSubscribeMessageResponse first = server.blocking().sendSubscribeMessage(request);
      SendSubscribeMessageResponse second = server.blocking().sendSubscribeMessage(request);

      assertThat(first.getReplayed()).isFalse();
      assertThat(second).isEqualTo(first.toBuilder().setReplayed(true).build());
      assertThat(server.sandbox().messages()).hasSize(1);
    }
  }

  @Test
  void busyWeChat_isAskedAgain_andTheMessageIsSentOnce() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      assertThat(
              server
                  .blocking()
                  .sendSubscribeMessage(RunningServer.requestTo("sandbox-once--1"))
                  .getMessageId())
          .isNotEmpty();
      assertThat(
              server
                  .blocking()
                  .sendSubscribeMessage(RunningServer.requestTo("sandbox-once-43108"))
                  .getMessageId())
          .isNotEmpty();

      assertThat(server.sandbox().messages()).hasSize(2);
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(4);
    }
  }

  @Test
  void sameOpenId_isNeverSentToTwiceAtOnce() throws Exception {
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(5)).build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      List<ListenableFuture<SendSubscribeMessageResponse>> sends = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sends.add(server.future().sendSubscribeMessage(RunningServer.requestTo("one-user")));
      }
      assertAllAccepted(sends);

      assertThat(server.sandbox().state().overlappingSends()).isZero();
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(50);
    }
  }

  @Test
  void cancelledBeforeTheWrite_isNeverWritten() throws Exception {
    try (TokenKeeper keeper = TokenKeeper.start()) {
      keeper.keep("98_token-of-the-company-0123456789abcdef", Duration.ofHours(2));
      CountDownLatch held = keeper.hold();
      try (RunningServer server =
          RunningServer.start(
              SandboxOptions.defaults(),
              keeper.keys(Map.of("wxnotify.wechat.request-timeout", "1m")))) {
        awaitArrivals(server);
        var first = server.future().sendSubscribeMessage(RunningServer.requestTo("user"));
        var second = server.future().sendSubscribeMessage(RunningServer.requestTo("user"));
        awaitArrivals(server); // The first waits for the token, the second for its turn.
        assertThat(second.cancel(true)).isTrue();
        awaitArrivals(server);
        held.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();

        // The third waits for its turn behind the second, so that the second had its chance before.
        sendAll(server, 1, "other-");
        assertThat(
                server
                    .blocking()
                    .sendSubscribeMessage(RunningServer.requestTo("user"))
                    .getMessageId())
            .isNotEmpty();
        assertThat(keeper.sends).as("the first, the other and the third").hasSize(3);
      }
    }
  }

  /** Connects; what came before on the connection has arrived in its order. */
  private static void awaitArrivals(RunningServer server) {
    server
        .blocking()
        .sendSubscribeMessage(
            RunningServer.requestTo("user").toBuilder().setValidateOnly(true).build());
  }

  @Test
  void batch_ofAThousand_answersEachItemAndSumsUp() throws Exception {
    try (RunningServer server = RunningServer.start()) {
      Batch batch = new Batch();
      StreamObserver<BatchSendRequest> requests = server.async().batchSend(batch);
      for (int i = 0; i < 1000; i++) {
        String openId = i % 10 == 0 ? "sandbox-43101-" + i : "user-" + i;
        requests.onNext(
            BatchSendRequest.newBuilder()
                .setSubscribeMessage(RunningServer.messageTo(openId))
                .setRequestId("row-" + i)
                .build());
      }
      requests.onNext(BatchSendRequest.newBuilder().setRequestId("empty").build());
      requests.onCompleted();

      BatchSummary summary = batch.summary.get(30, TimeUnit.SECONDS);
      assertThat(summary)
          .isEqualTo(
              BatchSummary.newBuilder()
                  .setTotal(1001)
                  .setAccepted(900)
                  .setRejected(101)
                  .putErrorsByReason("USER_NOT_SUBSCRIBED", 100)
                  .putErrorsByReason("INVALID_REQUEST", 1)
                  .build());
      assertThat(batch.results)
          .extracting(BatchItemResult::getIndex)
          .hasSize(1001)
          .doesNotHaveDuplicates()
          .allMatch(index -> index >= 0 && index <= 1000);
      assertThat(batch.results)
          .filteredOn(result -> result.getIndex() < 1000)
          .allMatch(result -> result.getRequestId().equals("row-" + result.getIndex()))
          .allMatch(
              result ->
                  (result.getOutcome() == Outcome.OUTCOME_ACCEPTED)
                      == (result.getIndex() % 10 != 0));
      assertThat(server.sandbox().messages()).hasSize(900);
    }
  }

  @Test
  void stop_finishesAcceptedCalls_andTakesNoNewOnes() throws Exception {
    SandboxOptions options = SandboxOptions.builder().latency(Duration.ofMillis(300)).build();
    try (RunningServer server = RunningServer.start(options, Map.of())) {
      List<ListenableFuture<SendSubscribeMessageResponse>> sends = startAll(server, 50, "user-");
      while (server.sandbox().state().sendsReceived() < 50) {
        Thread.onSpinWait();
      }

      server.stopServer();

      assertAllAccepted(sends);
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> server.blocking().sendSubscribeMessage(RunningServer.requestTo("late")));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(server.sandbox().messages()).hasSize(50);
    }
  }

  @Test
  void severalApps_haveTheirOwnTokens_andTheDefaultIsUsedWhereNoneIsNamed() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder().app("wxone", "secret-one").app("wxtwo", "secret-two").build();
    Map<String, String> keys =
        Map.of(
            "wxnotify.apps.shop.app-id", "wxone",
            "wxnotify.apps.shop.app-secret", "secret-one",
            "wxnotify.apps.club.app-id", "wxtwo",
            "wxnotify.apps.club.app-secret", "secret-two",
            "wxnotify.apps.club.default", "true");
    try (RunningServer server = RunningServer.start(options, keys)) {
      for (String appId : List.of("", "wxone", "wxtwo")) {
        assertThat(
                server
                    .blocking()
                    .sendSubscribeMessage(
                        SendSubscribeMessageRequest.newBuilder()
                            .setMessage(
                                RunningServer.messageTo("user" + appId).toBuilder().setAppId(appId))
                            .build())
                    .getMessageId())
            .isNotEmpty();
      }

      assertThat(server.sandbox().messages())
          .extracting(AcceptedMessage::appId)
          .containsExactly("wxtwo", "wxone", "wxtwo");
    }
  }

  @Test
  void everyErrorPath_logsNeitherSecretNorTokenNorOpenId() throws Exception {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger ours = (Logger) LoggerFactory.getLogger("dev.wxnotify");
    Level before = ours.getLevel();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    logged.start();
    root.addAppender(logged);
    ours.setLevel(Level.TRACE);
    StringBuilder heard = new StringBuilder();
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(), Map.of("wxnotify.wechat.request-timeout", "20s"))) {
      for (String kind :
          List.of(
              "40001",
              "40003",
              "40164",
              "43101",
              "45009",
              "-1",
              "99999",
              "reset-before",
              "reset-after",
              "html-502",
              "truncated",
              "oversized-body")) {
        heard.append(failureOf(server, kind));
      }
      assertThat(server.sandbox().received()).isNotEmpty();
      // The others must not meet the short timeout that this one needs.
      try (RunningServer impatient =
          RunningServer.start(
              SandboxOptions.defaults(), Map.of("wxnotify.wechat.request-timeout", "500ms"))) {
        heard.append(failureOf(impatient, "no-answer"));
      }
    } finally {
      root.detachAppender(logged);
      ours.setLevel(before);
    }

    String everything =
        heard
            + String.join(
                "\n", logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    assertThat(everything)
        .contains("rejects the token")
        .doesNotContain(SandboxOptions.APP_SECRET)
        .doesNotContain("access_token=")
        .doesNotContain("oPersonal_openid")
        .doesNotContainPattern("\\b\\d{2}_[A-Za-z0-9_-]{60}");
  }

  private static String failureOf(RunningServer server, String kind) throws Exception {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                server
                    .blocking()
                    .sendSubscribeMessage(
                        RunningServer.requestTo("sandbox-" + kind + "-oPersonal_openid")));
    return failure + "\n" + RunningServer.sendError(failure) + "\n";
  }

  private static void sendAll(RunningServer server, int count, String prefix) throws Exception {
    assertAllAccepted(startAll(server, count, prefix));
  }

  private static List<ListenableFuture<SendSubscribeMessageResponse>> startAll(
      RunningServer server, int count, String prefix) {
    List<ListenableFuture<SendSubscribeMessageResponse>> sends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sends.add(server.future().sendSubscribeMessage(RunningServer.requestTo(prefix + i)));
    }
    return sends;
  }

  private static void assertAllAccepted(List<ListenableFuture<SendSubscribeMessageResponse>> sends)
      throws Exception {
    for (ListenableFuture<SendSubscribeMessageResponse> send : sends) {
      assertThat(send.get(30, TimeUnit.SECONDS).getMessageId()).isNotEmpty();
    }
  }

  /** Collects the answers on the stream of a batch. */
  private static final class Batch implements StreamObserver<BatchSendResponse> {
    final ConcurrentLinkedQueue<BatchItemResult> results = new ConcurrentLinkedQueue<>();
    final CompletableFuture<BatchSummary> summary = new CompletableFuture<>();

    @Override
    public void onNext(BatchSendResponse response) {
      if (response.hasResult()) {
        results.add(response.getResult());
      } else {
        summary.complete(response.getSummary());
      }
    }

    @Override
    public void onError(Throwable t) {
      summary.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      summary.completeExceptionally(new AssertionError("no summary"));
    }
  }
}
