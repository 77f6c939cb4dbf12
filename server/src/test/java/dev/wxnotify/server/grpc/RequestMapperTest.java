package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestMapperTest {
  private static final int UNKNOWN_NUMBER = 99;
  private static final String LONGEST_ID = "x".repeat(128);
  private static final String LONGEST_REQUEST_ID = "r".repeat(64);

  private final App first = app("wx-first", "");
  private final App second = app("wx-second", "configured-template");
  private final RequestMapper mapper = new RequestMapper(new Apps(List.of(first, second), first));
  private final RequestMapper withoutDefault =
      new RequestMapper(new Apps(List.of(first, second), null));

  static Stream<Arguments> brokenSubscribeMessages() {
    return Stream.of(
        subscribe("unknown app", "app_id", m -> m.setAppId("wx-unknown")),
        subscribe("no open id", "open_id", m -> m.clearOpenId()),
        subscribe("long open id", "open_id", m -> m.setOpenId(LONGEST_ID + "x")),
        subscribe("blank in open id", "open_id", m -> m.setOpenId("o A")),
        subscribe("control character in open id", "open_id", m -> m.setOpenId("oA\u0000")),
        subscribe("no template", "template_id", m -> m.clearTemplateId()),
        subscribe("long template", "template_id", m -> m.setTemplateId(LONGEST_ID + "x")),
        subscribe("blank in template", "template_id", m -> m.setTemplateId("T T")),
        subscribe("long page", "page", m -> m.setPage("p".repeat(1025))),
        subscribe("blank in page", "page", m -> m.setPage("pages/a b")),
        subscribe("unknown state", "mini_program_state", m -> m.setMiniProgramStateValue(99)),
        subscribe("negative state", "mini_program_state", m -> m.setMiniProgramStateValue(-1)),
        subscribe("unknown language", "language", m -> m.setLanguageValue(UNKNOWN_NUMBER)),
        subscribe("no data", "data", m -> m.clearData()),
        subscribe("65 entries", "data", m -> fill(m, 65)),
        subscribe("10,000 entries", "data", m -> fill(m, 10_000)),
        subscribe("empty keyword", "data", m -> m.putData("", "x")),
        subscribe("long keyword", "data", m -> m.putData(LONGEST_ID + "1", "x")),
        subscribe("suffix", "data[\"thing1.DATA\"]", m -> m.putData("thing1.DATA", "x")),
        subscribe("empty value", "data[\"thing1\"]", m -> m.putData("thing1", "")),
        subscribe("control character", "data[\"thing1\"]", m -> m.putData("thing1", "a\nb")),
        subscribe("thing", "data[\"thing1\"]", m -> m.putData("thing1", "字".repeat(21))),
        subscribe("number", "data[\"number1\"]", m -> m.putData("number1", "1a")),
        subscribe("letter", "data[\"letter1\"]", m -> m.putData("letter1", "a1")),
        subscribe("symbol", "data[\"symbol1\"]", m -> m.putData("symbol1", "a")),
        subscribe(
            "character string",
            "data[\"character_string1\"]",
            m -> m.putData("character_string1", "字")),
        subscribe("time", "data[\"time2\"]", m -> m.putData("time2", "25:00")),
        subscribe("date", "data[\"date3\"]", m -> m.putData("date3", "tomorrow")),
        subscribe("amount", "data[\"amount1\"]", m -> m.putData("amount1", "much")),
        subscribe("phone", "data[\"phone_number1\"]", m -> m.putData("phone_number1", "a")),
        subscribe("car", "data[\"car_number1\"]", m -> m.putData("car_number1", "粤".repeat(9))),
        subscribe("name", "data[\"name1\"]", m -> m.putData("name1", "7")),
        subscribe("phrase", "data[\"phrase1\"]", m -> m.putData("phrase1", "a")));
  }

  private static Arguments subscribe(
      String name, String field, Consumer<dev.wxnotify.v1.SubscribeMessage.Builder> breakIt) {
    return Arguments.argumentSet(name, field, breakIt);
  }

  private static void fill(dev.wxnotify.v1.SubscribeMessage.Builder message, int entries) {
    message.clearData();
    IntStream.range(0, entries).forEach(i -> message.putData("thing" + i, "x"));
  }

  @ParameterizedTest
  @MethodSource("brokenSubscribeMessages")
  void map_subscribeMessageBreaksOneRule_namesThatField(
      String field, Consumer<dev.wxnotify.v1.SubscribeMessage.Builder> breakIt) {
    dev.wxnotify.v1.SubscribeMessage.Builder message = Requests.subscribe(Requests.OPEN_ID);
    breakIt.accept(message);

    MappedMessage single =
        mapper.map(SendSubscribeMessageRequest.newBuilder().setMessage(message).build());
    MappedMessage item =
        mapper.map(BatchSendRequest.newBuilder().setSubscribeMessage(message).build());

    assertThat(fields(single)).containsExactly("message." + field);
    assertThat(fields(item)).containsExactly("subscribe_message." + field);
  }

  static Stream<Arguments> brokenSeckillMessages() {
    return Stream.of(
        seckill("unknown app", "app_id", m -> m.setAppId("wx-unknown").setTemplateId("T")),
        seckill("no open id", "open_id", m -> m.clearOpenId()),
        seckill("long open id", "open_id", m -> m.setOpenId(LONGEST_ID + "x")),
        seckill("no template, none configured", "template_id", m -> m.clearTemplateId()),
        seckill("long template", "template_id", m -> m.setTemplateId(LONGEST_ID + "x")),
        seckill("no goods", "goods_name", m -> m.clearGoodsName()),
        seckill("blank goods", "goods_name", m -> m.setGoodsName(" \t")),
        seckill("long goods", "goods_name", m -> m.setGoodsName("字".repeat(1025))),
        seckill("no time", "time", m -> m.clearTime()),
        seckill("no such time", "time", m -> m.setTime("soon")),
        seckill("no corp", "corp_id", m -> m.clearCorpId()),
        seckill("blank corp", "corp_id", m -> m.setCorpId(" ")),
        seckill("long corp", "corp_id", m -> m.setCorpId(LONGEST_ID + "x")),
        seckill("no customer", "customer_id", m -> m.clearCustomerId()),
        seckill("long customer", "customer_id", m -> m.setCustomerId(LONGEST_ID + "x")),
        seckill("unknown state", "mini_program_state", m -> m.setMiniProgramStateValue(4)),
        seckill("unknown language", "language", m -> m.setLanguageValue(5)));
  }

  private static Arguments seckill(
      String name, String field, Consumer<SeckillMessage.Builder> breakIt) {
    return Arguments.argumentSet(name, field, breakIt);
  }

  @ParameterizedTest
  @MethodSource("brokenSeckillMessages")
  void map_seckillMessageBreaksOneRule_namesThatField(
      String field, Consumer<SeckillMessage.Builder> breakIt) {
    SeckillMessage.Builder message = Requests.seckill(Requests.OPEN_ID);
    breakIt.accept(message);

    MappedMessage single =
        mapper.map(SendSeckillMessageRequest.newBuilder().setMessage(message).build());
    MappedMessage item =
        mapper.map(BatchSendRequest.newBuilder().setSeckillMessage(message).build());

    assertThat(fields(single)).containsExactly("message." + field);
    assertThat(fields(item)).containsExactly("seckill_message." + field);
  }

  @Test
  void map_everythingIsWrong_namesAllOfItAtOnce() {
    MappedMessage mapped =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setRequestId(LONGEST_REQUEST_ID + "r")
                .setMessage(
                    dev.wxnotify.v1.SubscribeMessage.newBuilder()
                        .setAppId("wx-unknown")
                        .setPage("a b")
                        .putData("thing1", "")
                        .putData("phrase2", "a")
                        .setMiniProgramStateValue(UNKNOWN_NUMBER)
                        .setLanguageValue(UNKNOWN_NUMBER))
                .build());

    assertThat(fields(mapped))
        .containsExactlyInAnyOrder(
            "message.app_id",
            "message.mini_program_state",
            "message.language",
            "request_id",
            "message.open_id",
            "message.template_id",
            "message.page",
            "message.data[\"thing1\"]",
            "message.data[\"phrase2\"]");
  }

  @Test
  void map_everythingIsWrongWithAnItem_namesAllOfItAtOnce() {
    MappedMessage mapped =
        mapper.map(
            BatchSendRequest.newBuilder()
                .setRequestId(LONGEST_REQUEST_ID + "r")
                .setSeckillMessage(
                    SeckillMessage.newBuilder()
                        .setAppId("wx-unknown")
                        .setMiniProgramStateValue(UNKNOWN_NUMBER)
                        .setLanguageValue(UNKNOWN_NUMBER))
                .build());

    assertThat(fields(mapped))
        .containsExactlyInAnyOrder(
            "seckill_message.app_id",
            "seckill_message.mini_program_state",
            "seckill_message.language",
            "request_id",
            "seckill_message.open_id",
            "seckill_message.goods_name",
            "seckill_message.time",
            "seckill_message.corp_id",
            "seckill_message.customer_id");
  }

  @Test
  void map_aFieldTwiceWrong_tellsBoth() {
    MappedMessage mapped = mapper.map(Requests.single("o ".repeat(100)));

    assertThat(fields(mapped)).containsExactly("message.open_id", "message.open_id");
  }

  @Test
  void map_noMessageAndLongRequestId_namesBoth() {
    String tooLong = LONGEST_REQUEST_ID + "r";

    assertThat(
            fields(
                mapper.map(SendSubscribeMessageRequest.newBuilder().setRequestId(tooLong).build())))
        .containsExactly("message", "request_id");
    assertThat(
            fields(
                mapper.map(SendSeckillMessageRequest.newBuilder().setRequestId(tooLong).build())))
        .containsExactly("message", "request_id");
    assertThat(fields(mapper.map(BatchSendRequest.newBuilder().setRequestId(tooLong).build())))
        .containsExactly("subscribe_message or seckill_message", "request_id");
  }

  @Test
  void map_violation_neverRepeatsTheValue() {
    MappedMessage mapped =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(
                    Requests.subscribe("private person")
                        .setAppId("private app")
                        .putData("thing1", "private" + "字".repeat(20)))
                .build());

    assertThat(violations(mapped))
        .extracting(Violation::description)
        .hasSize(3)
        .noneMatch(description -> description.contains("private"));
  }

  @Test
  void map_longestOfEverything_isValid() {
    dev.wxnotify.v1.SubscribeMessage.Builder message =
        Requests.subscribe(LONGEST_ID).setTemplateId(LONGEST_ID).setPage("p".repeat(1024));
    fill(message, 64);

    MappedMessage mapped =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(message)
                .setRequestId(LONGEST_REQUEST_ID)
                .build());

    assertThat(valid(mapped).message().data()).hasSize(64);
  }

  @Test
  void map_validMessage_keepsEveryField() {
    MappedMessage mapped =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(Requests.subscribe(Requests.OPEN_ID).setPage("/pages/order?id=7"))
                .build());

    SubscribeMessage message = valid(mapped).message();
    assertThat(message.openId()).isEqualTo(Requests.OPEN_ID);
    assertThat(message.templateId()).isEqualTo(Requests.TEMPLATE_ID);
    assertThat(message.page()).isEqualTo("pages/order?id=7");
    assertThat(message.data())
        .containsOnly(Map.entry("thing1", "一件商品"), Map.entry("time2", "2026-11-24 20:00"));
  }

  @Test
  void map_seckillMessage_isFilledByTheTemplateOfItsApp() {
    MappedMessage mapped =
        mapper.map(
            BatchSendRequest.newBuilder()
                .setSeckillMessage(
                    Requests.seckill(Requests.OPEN_ID).setAppId("wx-second").clearTemplateId())
                .build());

    assertThat(valid(mapped).app()).isEqualTo(second);
    assertThat(valid(mapped).message().templateId()).isEqualTo("configured-template");
    assertThat(valid(mapped).message().page())
        .isEqualTo("pages/of/wx-second?corpId=corp&customerId=customer");
    assertThat(valid(mapped).message().data()).containsEntry("thing3", "note of wx-second");
  }

  @Test
  void map_noAppNamed_takesTheDefault() {
    assertThat(valid(mapper.map(Requests.single(Requests.OPEN_ID))).app()).isEqualTo(first);
    assertThat(valid(mapper.map(Requests.seckillItem(Requests.OPEN_ID))).app()).isEqualTo(first);
  }

  @Test
  void map_appNamed_takesThatOne() {
    MappedMessage mapped =
        withoutDefault.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(Requests.subscribe(Requests.OPEN_ID).setAppId("wx-second"))
                .build());

    assertThat(valid(mapped).app()).isEqualTo(second);
  }

  @Test
  void map_noAppNamedAndNoDefault_asksForOne() {
    MappedMessage mapped = withoutDefault.map(Requests.single(Requests.OPEN_ID));

    assertThat(violations(mapped))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("message.app_id");
              assertThat(violation.description()).startsWith("is required");
            });
  }

  @ParameterizedTest
  @CsvSource({"0,FORMAL", "1,DEVELOPER", "2,TRIAL", "3,FORMAL"})
  void map_state_meansThatOfTheCore(int number, MiniProgramState state) {
    MappedMessage single =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(Requests.subscribe("o").setMiniProgramStateValue(number))
                .build());
    MappedMessage item =
        mapper.map(
            BatchSendRequest.newBuilder()
                .setSeckillMessage(Requests.seckill("o").setMiniProgramStateValue(number))
                .build());

    assertThat(valid(single).message().state()).isEqualTo(state);
    assertThat(valid(item).message().state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"0,ZH_CN", "1,ZH_CN", "2,EN_US", "3,ZH_HK", "4,ZH_TW"})
  void map_language_meansThatOfTheCore(int number, Language language) {
    MappedMessage single =
        mapper.map(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(Requests.subscribe("o").setLanguageValue(number))
                .build());
    MappedMessage item =
        mapper.map(
            BatchSendRequest.newBuilder()
                .setSeckillMessage(Requests.seckill("o").setLanguageValue(number))
                .build());

    assertThat(valid(single).message().language()).isEqualTo(language);
    assertThat(valid(item).message().language()).isEqualTo(language);
  }

  private static App app(String appId, String seckillTemplate) {
    FakeClock clock = new FakeClock();
    TokenCache tokens =
        new TokenCache(
            appId,
            mode ->
                CompletableFuture.completedStage(
                    new IssueResult.Issued("token", Duration.ofHours(2))),
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            1,
            clock,
            new FakeScheduler(clock),
            () -> 0,
            TokenListener.NONE);
    return TestApps.app(
        appId,
        tokens,
        new SeckillTemplate(
            "pages/of/" + appId, seckillTemplate, "thing1", "time2", "thing3", "note of " + appId),
        clock.nanos(),
        new FakeScheduler(clock));
  }

  private static MappedMessage.Valid valid(MappedMessage mapped) {
    assertThat(mapped).isInstanceOf(MappedMessage.Valid.class);
    return (MappedMessage.Valid) mapped;
  }

  private static List<Violation> violations(MappedMessage mapped) {
    assertThat(mapped).isInstanceOf(MappedMessage.Invalid.class);
    return ((MappedMessage.Invalid) mapped).violations();
  }

  private static List<String> fields(MappedMessage mapped) {
    return violations(mapped).stream().map(Violation::field).toList();
  }
}
