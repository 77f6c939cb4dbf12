package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.Effect;
import dev.wxnotify.sandbox.EffectKind;
import dev.wxnotify.sandbox.Fault;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplate;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.metrics.Scrape;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.Keyword;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import dev.wxnotify.v1.Template;
import dev.wxnotify.v1.TemplateKind;
import dev.wxnotify.v1.TemplateServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the whole server knows of templates, and what it does with it. */
@Timeout(60)
class TemplatesTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String SECKILL = SandboxTemplates.SECKILL_TEMPLATE_ID;
  private static final String DEVICE = SandboxTemplates.DEVICE_TEMPLATE_ID;
  private static final String FETCHES =
      "wxnotify_templates_fetches_total{app=\"" + SandboxOptions.APP_ID + "\",result=\"%s\"}";
  private static final String AGE =
      "wxnotify_templates_age_seconds{app=\"" + SandboxOptions.APP_ID + "\"}";

  private static RunningServer startAndAwaitTemplates(Map<String, String> keys) throws Exception {
    return startAndAwaitTemplates(SandboxOptions.defaults(), keys);
  }

  private static RunningServer startAndAwaitTemplates(
      SandboxOptions options, Map<String, String> keys) throws Exception {
    RunningServer server = RunningServer.start(options, keys);
    awaitFetches(server, "fetched", 1);
    return server;
  }

  private static void awaitFetches(RunningServer server, String result, double count)
      throws Exception {
    Await.until(
        count + " " + result, () -> scrape(server).value(FETCHES.formatted(result)) == count);
  }

  private static Scrape scrape(RunningServer server) throws Exception {
    return new Scrape(get(server, "/metrics"));
  }

  private static String get(RunningServer server, String page) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(server.monitoring(page)).build(), BodyHandlers.ofString())
        .body();
  }

  private static TemplateServiceGrpc.TemplateServiceBlockingStub stub(RunningServer server) {
    return TemplateServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static SandboxOptions with(Effect effect) {
    return SandboxOptions.builder()
        .faults(List.of(Fault.on(SandboxEndpoint.TEMPLATES, effect)))
        .build();
  }

  /** Without {@code time2}, and with a key that no template has. */
  private static SubscribeMessage.Builder lacking() {
    return SubscribeMessage.newBuilder()
        .setOpenId("user")
        .setTemplateId(SECKILL)
        .putData("thing1", "Coffee")
        .putData("thing3", "soon")
        .putData("thing9", "more");
  }

  private static SendSubscribeMessageRequest request(SubscribeMessage.Builder message) {
    return SendSubscribeMessageRequest.newBuilder().setMessage(message).build();
  }

  private static void assertSendsGoOn(RunningServer server) {
    assertThat(
            server.blocking().sendSubscribeMessage(RunningServer.requestTo("user")).getMessageId())
        .isNotEmpty();
  }

  // Before a send.

  @Test
  void keywordMissing_isNamed_andWeChatIsNotAsked() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      assertThatCall(() -> server.blocking().sendSubscribeMessage(request(lacking())))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("message.data[\"time2\"]")
          .says("is required by the template");
      assertThatCall(
              () ->
                  server
                      .blocking()
                      .sendSubscribeMessage(
                          request(lacking()).toBuilder().setValidateOnly(true).build()))
          .namesFields("message.data[\"time2\"]");
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void valueOutsideTheList_isNamed_withEverythingElse() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      SubscribeMessage.Builder message =
          SubscribeMessage.newBuilder()
              .setTemplateId(DEVICE)
              .putData("enum_string2", "坏了")
              .putData("short_thing3", "阳台");

      assertThatCall(() -> server.blocking().sendSubscribeMessage(request(message)))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields(
              "message.open_id", "message.data[\"time1\"]", "message.data[\"enum_string2\"]")
          .doesNotLeak("坏了");
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void keysThatTheTemplateLacks_pass() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      server
          .blocking()
          .sendSubscribeMessage(request(lacking().putData("time2", "2026-11-24 20:00")));

      assertThat(server.sandbox().messages()).hasSize(1);
    }
  }

  @Test
  void seckillTemplate_withAKeywordThatRemindersDoNotFill_isRefused() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      SendSeckillMessageRequest.Builder request =
          SendSeckillMessageRequest.newBuilder()
              .setMessage(
                  SeckillMessage.newBuilder()
                      .setOpenId("user")
                      .setTemplateId(DEVICE)
                      .setGoodsName("Coffee")
                      .setCorpId("1")
                      .setCustomerId("2"));

      assertThatCall(() -> server.blocking().sendSeckillMessage(request.build()))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields(
              "message.time",
              "message.data[\"time1\"]",
              "message.data[\"enum_string2\"]",
              "message.data[\"short_thing3\"]");
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  /** A keyword of reminders may be enumerated too: then it is the caller's field that is wrong. */
  @Test
  void seckillValueOutsideTheList_namesTheCallersField() throws Exception {
    SandboxTemplate template =
        new SandboxTemplate(
            SECKILL,
            "秒杀",
            false,
            List.of(
                new SandboxTemplate.Keyword("enum_string1", "商品", "咖啡", List.of("咖啡", "茶")),
                new SandboxTemplate.Keyword("time2", "时间", "20:00"),
                new SandboxTemplate.Keyword("thing3", "提示", "快来")));
    try (RunningServer server =
        startAndAwaitTemplates(
            SandboxOptions.builder().templates(List.of(template)).build(),
            Map.of(
                "wxnotify.apps.shop.seckill.goods-keyword",
                "enum_string1",
                "wxnotify.apps.shop.seckill.template-id",
                SECKILL))) {
      SeckillMessage.Builder message =
          SeckillMessage.newBuilder()
              .setOpenId("user")
              .setGoodsName("Milk")
              .setTime("20:00")
              .setCorpId("1")
              .setCustomerId("2");

      assertThatCall(
              () ->
                  server
                      .blocking()
                      .sendSeckillMessage(
                          SendSeckillMessageRequest.newBuilder().setMessage(message).build()))
          .namesFields("message.goods_name");
    }
  }

  @Test
  void items_ofABatch_areCheckedToo() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      List<BatchItemResult> results =
          batch(
              server,
              BatchSendRequest.newBuilder().setSubscribeMessage(lacking()).build(),
              BatchSendRequest.newBuilder()
                  .setSubscribeMessage(lacking())
                  .setValidateOnly(true)
                  .build(),
              BatchSendRequest.newBuilder()
                  .setSubscribeMessage(RunningServer.messageTo("user"))
                  .build());

      assertThat(results).hasSize(3);
      for (BatchItemResult result : results) {
        if (result.getIndex() == 2) {
          assertThat(result.getOutcome()).isEqualTo(Outcome.OUTCOME_ACCEPTED);
        } else {
          assertThat(result.getError().getReason()).isEqualTo(ErrorReason.INVALID_REQUEST);
          assertThat(result.getError().getFieldViolationsList())
              .extracting("field")
              .containsExactly("subscribe_message.data[\"time2\"]");
        }
      }
      assertThat(server.sandbox().state().sendsReceived()).isEqualTo(1);
    }
  }

  @Test
  void batchCommand_validateOnly_findsRowsThatLackAKeyword(@TempDir Path directory)
      throws Exception {
    Path rows = directory.resolve("rows.csv");
    Path results = directory.resolve("results.ndjson");
    Files.writeString(
        rows, "open_id,template_id,data.thing1,data.thing3\nuser," + SECKILL + ",Coffee,soon\n");
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      StringWriter out = new StringWriter();
      CommandLine commands = Main.commandLine();
      commands.setOut(new PrintWriter(out));

      int code =
          commands.execute(
              "batch",
              rows.toString(),
              "--server=127.0.0.1:" + server.port(),
              "--results=" + results,
              "--campaign=c",
              "--validate-only");

      assertThat(code).as(out.toString()).isEqualTo(1);
      assertThat(Files.readString(results)).contains("\"INVALID_REQUEST\"", "data[\\\"time2\\\"]");
      assertThat(server.sandbox().state().sendsReceived()).isZero();
    }
  }

  @Test
  void checkOff_weChatDecides() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of("wxnotify.templates.check", "off"))) {
      assertThatCall(() -> server.blocking().sendSubscribeMessage(request(lacking())))
          .isError(
              Status.Code.INVALID_ARGUMENT,
              ErrorReason.INVALID_TEMPLATE_DATA,
              Outcome.OUTCOME_REJECTED);
      assertThat(stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance()))
          .isNotEqualTo(ListTemplatesResponse.getDefaultInstance());
    }
  }

  @Test
  void templateThatIsNotListed_isForWeChatToRefuse_andHasTheListFetchedAgain() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      SubscribeMessage.Builder message = lacking().setTemplateId("unknown");
      for (int i = 0; i < 2; i++) {
        assertThatCall(() -> server.blocking().sendSubscribeMessage(request(message)))
            .isError(
                Status.Code.INVALID_ARGUMENT,
                ErrorReason.INVALID_TEMPLATE,
                Outcome.OUTCOME_REJECTED);
      }

      awaitFetches(server, "fetched", 2);
      assertThat(server.sandbox().state().requests(SandboxEndpoint.TEMPLATES)).isEqualTo(2);
    }
  }

  // While there is no list.

  @Test
  void listThatNeverComes_delaysNoSend() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            with(Effect.of(EffectKind.NO_ANSWER)),
            Map.of("wxnotify.wechat.request-timeout", "1h"))) {
      Await.until(
          "the request for the list",
          () -> server.sandbox().state().requests(SandboxEndpoint.TEMPLATES) == 1);

      assertSendsGoOn(server);

      for (String result : List.of("fetched", "refused", "unavailable")) {
        assertThat(scrape(server).value(FETCHES.formatted(result)))
            .as("the request is still open")
            .isZero();
      }
      assertThatCall(() -> stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance()))
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
          .retriesAfter(Duration.ofSeconds(5));
    }
  }

  static Stream<Effect> failures() {
    return Stream.of(
        Effect.of(EffectKind.RESET_BEFORE),
        Effect.of(EffectKind.EMPTY_BODY),
        Effect.of(EffectKind.MALFORMED_JSON),
        Effect.of(EffectKind.TRUNCATED),
        Effect.of(EffectKind.NO_ERRCODE),
        Effect.of(EffectKind.OVERSIZED_BODY),
        Effect.http(502));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void listThatCannotBeRead_checksNothing_andSendsGoOn(Effect effect) throws Exception {
    try (RunningServer server = RunningServer.start(with(effect), Map.of())) {
      awaitFetches(server, "unavailable", 1);

      assertSendsGoOn(server);
      assertThatCall(() -> server.blocking().sendSubscribeMessage(request(lacking())))
          .isError(
              Status.Code.INVALID_ARGUMENT,
              ErrorReason.INVALID_TEMPLATE_DATA,
              Outcome.OUTCOME_REJECTED);
      assertThat(scrape(server).value(AGE)).isZero();
      assertThat(get(server, "/readyz")).contains("\"ready\"");
    }
  }

  @Test
  void listThatIsRefused_saysWhy() throws Exception {
    try (RunningServer server = RunningServer.start(with(Effect.errcode(48001)), Map.of())) {
      awaitFetches(server, "refused", 1);

      var error =
          assertThatCall(
                  () -> stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance()))
              .isError(
                  Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT)
              .sendError();
      assertThat(error.getWechatErrcode()).isEqualTo(48001);
      assertSendsGoOn(server);
    }
  }

  @Test
  void lastList_staysWhereALaterAnswerFails() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      server
          .sandbox()
          .addFault(Fault.on(SandboxEndpoint.TEMPLATES, Effect.of(EffectKind.MALFORMED_JSON)));

      ListTemplatesResponse response =
          stub(server).listTemplates(ListTemplatesRequest.newBuilder().setRefresh(true).build());

      assertThat(response.getTemplatesCount()).isEqualTo(SandboxTemplates.ALL.size());
      assertThat(scrape(server).value(FETCHES.formatted("unavailable"))).isEqualTo(1);
      assertThatCall(() -> server.blocking().sendSubscribeMessage(request(lacking())))
          .namesFields("message.data[\"time2\"]");
    }
  }

  @Test
  void tokenThatIsRejected_isRenewedForTheList() throws Exception {
    SandboxOptions options =
        SandboxOptions.builder()
            .faults(List.of(Fault.on(SandboxEndpoint.TEMPLATES, Effect.errcode(42001)).times(1)))
            .build();
    try (RunningServer server = startAndAwaitTemplates(options, Map.of())) {
      assertThat(server.sandbox().state().requests(SandboxEndpoint.TEMPLATES)).isEqualTo(2);
      assertThat(server.sandbox().state().tokenFetches(SandboxOptions.APP_ID).forced())
          .isEqualTo(1);
    }
  }

  // The service.

  @Test
  void listTemplates_showsAllOfThem_withoutAskingWeChat() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      ListTemplatesResponse response =
          stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance());

      assertThat(response.getTemplatesList())
          .extracting(Template::getTemplateId)
          .containsExactly(SECKILL, SandboxTemplates.ORDER_TEMPLATE_ID, DEVICE);
      assertThat(response.getFetchedAt().getSeconds()).isPositive();
      assertThat(server.sandbox().state().requests(SandboxEndpoint.TEMPLATES)).isEqualTo(1);
    }
  }

  @Test
  void listTemplates_refresh_asksWeChat_onceInFiveSeconds() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      ListTemplatesRequest refresh = ListTemplatesRequest.newBuilder().setRefresh(true).build();

      ListTemplatesResponse first = stub(server).listTemplates(refresh);
      assertThat(server.sandbox().state().requests(SandboxEndpoint.TEMPLATES)).isEqualTo(2);
      assertThat(stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance()))
          .isEqualTo(first);
    }
  }

  @Test
  void getTemplate_showsEverythingOfIt() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      Template template =
          stub(server)
              .getTemplate(
                  GetTemplateRequest.newBuilder()
                      .setAppId(SandboxOptions.APP_ID)
                      .setTemplateId(DEVICE)
                      .build())
              .getTemplate();

      assertThat(template)
          .isEqualTo(
              Template.newBuilder()
                  .setAppId(SandboxOptions.APP_ID)
                  .setTemplateId(DEVICE)
                  .setTitle("设备状态提醒")
                  .setKind(TemplateKind.TEMPLATE_KIND_LONG_TERM)
                  .setContent(
                      "时间:{{time1.DATA}}\n设备状态:{{enum_string2.DATA}}\n位置:{{short_thing3.DATA}}\n")
                  .setExample("时间:2026-11-24 20:00\n设备状态:已完成\n位置:阳台\n")
                  .addKeywords(
                      Keyword.newBuilder()
                          .setKey("time1")
                          .setLabel("时间")
                          .setType("time")
                          .setExample("2026-11-24 20:00"))
                  .addKeywords(
                      Keyword.newBuilder()
                          .setKey("enum_string2")
                          .setLabel("设备状态")
                          .setType("enum_string")
                          .addAllEnumValues(List.of("运行中", "已完成", "故障"))
                          .setExample("已完成"))
                  .addKeywords(
                      Keyword.newBuilder()
                          .setKey("short_thing3")
                          .setLabel("位置")
                          .setType("short_thing")
                          .setExample("阳台"))
                  .build());
    }
  }

  @Test
  void getTemplate_unknown_isNotFound_andWrongRequestsNameTheField() throws Exception {
    try (RunningServer server = startAndAwaitTemplates(Map.of())) {
      assertThatCall(
              () ->
                  stub(server)
                      .getTemplate(GetTemplateRequest.newBuilder().setTemplateId("T").build()))
          .isError(Status.Code.NOT_FOUND, ErrorReason.NOT_FOUND, Outcome.OUTCOME_REJECTED)
          .namesNoRetry();
      assertThatCall(
              () ->
                  stub(server)
                      .getTemplate(GetTemplateRequest.newBuilder().setAppId("wx-unknown").build()))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("app_id", "template_id");
    }
  }

  @Test
  void appOfAnother_isNotAllowed() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            SandboxOptions.defaults(),
            Map.of(
                "wxnotify.apps.shop.default", "true",
                "wxnotify.apps.other.app-id", "wx-other",
                "wxnotify.apps.other.app-secret", "s3cr3t",
                "wxnotify.grpc.callers.crm.token-sha256", AccessTest.sha256("crm-token"),
                "wxnotify.grpc.callers.crm.apps", "other"))) {
      var asCrm = AccessTest.bearer(stub(server), "crm-token");

      for (String appId : List.of("", SandboxOptions.APP_ID, "wx-unknown")) {
        assertThatCall(
                () ->
                    asCrm.listTemplates(ListTemplatesRequest.newBuilder().setAppId(appId).build()))
            .isError(
                Status.Code.PERMISSION_DENIED,
                ErrorReason.APP_NOT_ALLOWED,
                Outcome.OUTCOME_NOT_SENT);
      }
      assertThatCall(() -> stub(server).listTemplates(ListTemplatesRequest.getDefaultInstance()))
          .isError(
              Status.Code.UNAUTHENTICATED, ErrorReason.UNAUTHENTICATED, Outcome.OUTCOME_NOT_SENT);
      assertThatCall(
              () ->
                  asCrm.listTemplates(
                      ListTemplatesRequest.newBuilder().setAppId("wx-other").build()))
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.WECHAT_UNREACHABLE, Outcome.OUTCOME_NOT_SENT);
    }
  }

  @Test
  void stop_answersThoseWhoWaitForWeChat() throws Exception {
    try (RunningServer server =
        startAndAwaitTemplates(
            SandboxOptions.builder()
                .faults(
                    List.of(
                        Fault.on(SandboxEndpoint.TEMPLATES, Effect.of(EffectKind.NO_ANSWER))
                            .everyNth(2)))
                .build(),
            Map.of("wxnotify.wechat.request-timeout", "1h", "wxnotify.shutdown.grace", "1s"))) {
      var waiting =
          TemplateServiceGrpc.newFutureStub(server.channel())
              .listTemplates(ListTemplatesRequest.newBuilder().setRefresh(true).build());
      Await.until(
          "the request of the call",
          () -> server.sandbox().state().requests(SandboxEndpoint.TEMPLATES) == 2);

      server.stopServer();

      assertThatCall(() -> unwrapped(waiting))
          .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    }
  }

  private static void unwrapped(Future<?> call) throws Throwable {
    try {
      call.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  // What is seen.

  @Test
  void readyz_seckillTemplateThatDoesNotFit_isDegraded_andSaysWhich() throws Exception {
    try (RunningServer server =
        startAndAwaitTemplates(
            Map.of(
                "wxnotify.apps.shop.seckill.template-id",
                SECKILL,
                "wxnotify.apps.shop.seckill.note-keyword",
                "thing4"))) {
      awaitReadyz(
          server,
          "\"degraded\"",
          SandboxOptions.APP_ID,
          "the flash-sale template " + SECKILL + " has no keyword thing4");
    }
  }

  @Test
  void readyz_seckillTemplateThatIsNotListed_isDegraded() throws Exception {
    try (RunningServer server =
        startAndAwaitTemplates(Map.of("wxnotify.apps.shop.seckill.template-id", "T-gone"))) {
      awaitReadyz(
          server,
          "\"degraded\"",
          "the flash-sale template T-gone is not in WeChat's list of the app's templates");
    }
  }

  @Test
  void readyz_seckillTemplateThatFits_isReady() throws Exception {
    try (RunningServer server =
        startAndAwaitTemplates(Map.of("wxnotify.apps.shop.seckill.template-id", SECKILL))) {
      awaitReadyz(server, "\"ready\"");
      assertThat(scrape(server).value(AGE)).isGreaterThanOrEqualTo(0);
    }
  }

  private static void awaitReadyz(RunningServer server, String... parts) throws Exception {
    Await.until(
        "/readyz with " + List.of(parts),
        () -> {
          String page = get(server, "/readyz");
          return List.of(parts).stream().allMatch(page::contains);
        });
  }

  private static List<BatchItemResult> batch(RunningServer server, BatchSendRequest... items)
      throws Exception {
    CompletableFuture<List<BatchItemResult>> all = new CompletableFuture<>();
    List<BatchItemResult> results = new ArrayList<>();
    StreamObserver<BatchSendRequest> requests =
        server
            .async()
            .batchSend(
                new StreamObserver<BatchSendResponse>() {
                  @Override
                  public void onNext(BatchSendResponse response) {
                    if (response.hasResult()) {
                      results.add(response.getResult());
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    all.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    all.complete(results);
                  }
                });
    for (BatchSendRequest item : items) {
      requests.onNext(item);
    }
    requests.onCompleted();
    return Await.result(all);
  }
}
