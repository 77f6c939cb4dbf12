package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.template.Keyword;
import dev.wxnotify.server.template.Template;
import dev.wxnotify.server.template.TemplateSource.Answer;
import dev.wxnotify.server.template.TemplateSource.Fetched;
import dev.wxnotify.server.template.TemplateSource.Refused;
import dev.wxnotify.server.template.TemplateSource.Unavailable;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WeChatTemplateSourceTest {
  private static final String EMPTY = "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[]}";

  private final FakeClock clock = new FakeClock();
  private final AtomicInteger tokens = new AtomicInteger();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private RawHttpServer server(RawHttpServer.Turn turn, RawHttpServer.Turn... more)
      throws IOException {
    RawHttpServer server = RawHttpServer.start(turn, more);
    open.add(server);
    return server;
  }

  private Answer fetch(RawHttpServer server) throws Exception {
    return Await.result(source(server).fetch());
  }

  /** With a token cache that gets another token each time. */
  private WeChatTemplateSource source(RawHttpServer server) {
    return source(
        server,
        () -> new IssueResult.Issued("token-" + tokens.incrementAndGet(), Duration.ofHours(2)));
  }

  private WeChatTemplateSource source(RawHttpServer server, Supplier<IssueResult> issuer) {
    WeChatClientFixture client = WeChatClientFixture.open(Options.of(Transport.NIO, server.url()));
    open.add(0, client);
    return new WeChatTemplateSource(
        client.api(),
        new TokenCache(
            "wx-app",
            mode -> CompletableFuture.completedStage(issuer.get()),
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            10,
            clock,
            new FakeScheduler(clock),
            () -> 0,
            TokenListener.NONE));
  }

  private Answer read(String body) throws Exception {
    return fetch(server(RawHttpServer.json(body)));
  }

  @Test
  void fetch_asksForTheListWithTheToken() throws Exception {
    RawHttpServer server = server(RawHttpServer.json(EMPTY));

    assertThat(fetch(server)).isEqualTo(new Fetched(List.of()));

    assertThat(server.request().line())
        .isEqualTo("GET /wxaapi/newtmpl/gettemplate?access_token=token-1 HTTP/1.1");
  }

  @Test
  void list_asWeChatDocumentsIt_isRead() throws Exception {
    String body =
        "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[{\"priTmplId\":\"T1\",\"title\":\"会议\","
            + "\"content\":\"会议时间:{{date2.DATA}}\\n会议地点:{{thing1.DATA}}\\n\","
            + "\"example\":\"会议时间:2016年8月8日\\n会议地点:TIT会议室\\n\",\"type\":2},"
            + "{\"priTmplId\":\"T2\",\"title\":\"设备\",\"content\":\"状态:{{enum_string2.DATA}}\\n\","
            + "\"example\":\"状态:开\\n\",\"keywordEnumValueList\":[{\"keywordCode\":"
            + "\"enum_string2.DATA\",\"enumValueList\":[\"开\",\"关\"]}],\"type\":3}]}";

    assertThat(read(body))
        .isEqualTo(
            new Fetched(
                List.of(
                    new Template(
                        "T1",
                        "会议",
                        Template.Kind.ONE_TIME,
                        "会议时间:{{date2.DATA}}\n会议地点:{{thing1.DATA}}\n",
                        "会议时间:2016年8月8日\n会议地点:TIT会议室\n",
                        List.of(
                            new Keyword("date2", "会议时间", List.of(), "2016年8月8日"),
                            new Keyword("thing1", "会议地点", List.of(), "TIT会议室"))),
                    new Template(
                        "T2",
                        "设备",
                        Template.Kind.LONG_TERM,
                        "状态:{{enum_string2.DATA}}\n",
                        "状态:开\n",
                        List.of(new Keyword("enum_string2", "状态", List.of("开", "关"), "开"))))));
  }

  static Stream<Arguments> oddEntries() {
    return Stream.of(
        argumentSet(
            "a code without .DATA, a type as text",
            "{\"priTmplId\":\"T\",\"title\":\"t\",\"content\":\"{{enum1.DATA}}\",\"type\":\"3\","
                + "\"keywordEnumValueList\":[{\"keywordCode\":\"enum1\","
                + "\"enumValueList\":[1,\"b\"]}]}",
            new Template(
                "T",
                "t",
                Template.Kind.LONG_TERM,
                "{{enum1.DATA}}",
                "",
                List.of(new Keyword("enum1", "", List.of("1", "b"), "")))),
        argumentSet(
            "nothing but an id",
            "{\"priTmplId\":\"T\"}",
            new Template("T", "", Template.Kind.UNKNOWN, "", "", List.of())),
        argumentSet(
            "fields of other types",
            "{\"priTmplId\":\"T\",\"title\":null,\"content\":[],\"example\":{},\"type\":true,"
                + "\"keywordEnumValueList\":{\"keywordCode\":7}}",
            new Template("T", "", Template.Kind.UNKNOWN, "", "", List.of())),
        argumentSet(
            "an unknown type, and an empty list of values",
            "{\"priTmplId\":\"T\",\"type\":9,\"content\":\"{{thing1.DATA}}\","
                + "\"keywordEnumValueList\":[{\"keywordCode\":\"thing1\",\"enumValueList\":null},"
                + "null]}",
            new Template(
                "T",
                "",
                Template.Kind.UNKNOWN,
                "{{thing1.DATA}}",
                "",
                List.of(new Keyword("thing1", "", List.of(), "")))));
  }

  @ParameterizedTest
  @MethodSource("oddEntries")
  void entry_inAnOddForm_isReadAsFarAsPossible(String entry, Template template) throws Exception {
    assertThat(read("{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[null,{}," + entry + ",7]}"))
        .isEqualTo(new Fetched(List.of(template)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"errcode\":0,\"errmsg\":\"ok\"}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":null}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":\"\"}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":{}}",
        "{\"errcode\":0,\"errmsg\":\"ok\",\"data\":[{},null,{\"title\":\"no id\"}]}",
        "{\"data\":[]}",
        "<html>",
        "",
      })
  void answerWithoutAList_isUnavailable(String body) throws Exception {
    assertThat(read(body)).isInstanceOf(Unavailable.class);
  }

  @Test
  void errorOfWeChat_isRefused_andNotRepeated() throws Exception {
    RawHttpServer server =
        server(
            RawHttpServer.json(
                "{\"errcode\":48001,\"errmsg\":\"api unauthorized rid: 5f4a019e-5f4a019e-5f4a019e\"}"));

    assertThat(fetch(server))
        .isEqualTo(new Refused(48001, "api unauthorized", "5f4a019e-5f4a019e-5f4a019e"));
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {40001, 40014, 42001})
  void tokenError_renewsTheToken_andAsksOnceMore(int errcode) throws Exception {
    RawHttpServer server =
        server(
            RawHttpServer.json("{\"errcode\":" + errcode + ",\"errmsg\":\"token\"}"),
            RawHttpServer.json(EMPTY));

    assertThat(fetch(server)).isEqualTo(new Fetched(List.of()));

    assertThat(server.requests())
        .extracting(request -> request.line().replaceAll(".*=(\\S+) .*", "$1"))
        .containsExactly("token-1", "token-2");
  }

  /** WeChat renews a valid token only a few times a day, and messages wait for it meanwhile. */
  @Test
  void tokenError_again_isRefused_andRejectsNoMoreTokens() throws Exception {
    RawHttpServer.Turn rejected =
        RawHttpServer.json("{\"errcode\":40001,\"errmsg\":\"invalid credential\"}");
    RawHttpServer server =
        server(
            rejected,
            rejected,
            rejected,
            RawHttpServer.json(EMPTY),
            rejected,
            RawHttpServer.json(EMPTY));
    WeChatTemplateSource source = source(server);

    assertThat(Await.result(source.fetch()))
        .isEqualTo(new Refused(40001, "invalid credential", ""));
    assertThat(tokens).hasValue(2);
    assertThat(Await.result(source.fetch()))
        .isEqualTo(new Refused(40001, "invalid credential", ""));
    assertThat(server.requests()).hasSize(3);
    assertThat(tokens).hasValue(2);

    assertThat(Await.result(source.fetch())).isInstanceOf(Fetched.class);
    assertThat(Await.result(source.fetch())).as("it helps again").isInstanceOf(Fetched.class);
    assertThat(tokens).hasValue(3);
  }

  @Test
  void noToken_isUnavailable_andWeChatIsNotAsked() throws Exception {
    RawHttpServer server = server(RawHttpServer.json(EMPTY));
    WeChatTemplateSource source = source(server, () -> new IssueResult.Unavailable("no network"));

    assertThat(Await.result(source.fetch())).isEqualTo(new Unavailable("no token: no network"));
    assertThat(server.requests()).isEmpty();
  }
}
