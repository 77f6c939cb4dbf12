package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.DeafPort;
import dev.wxnotify.server.testing.TestTokens;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.wechat.WeChatApi.Answered;
import dev.wxnotify.server.wechat.WeChatApi.NotAvailable;
import dev.wxnotify.server.wechat.WeChatApi.Result;
import dev.wxnotify.server.wechat.WeChatClientFixture.Options;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WeChatApiTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final AccessToken TOKEN = TestTokens.token("a+b/c", NOW, NOW.plusSeconds(7200));
  private static final int MESSAGE_CONNECTIONS = 2 + WeChatHttpClient.CONNECTION_HEADROOM;
  private static final String OK = "{\"errcode\":0,\"errmsg\":\"ok\"}";
  private static final Result NO_CONNECTION =
      new NotAvailable("WeChat could not be reached: no connection in time", false);

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

  private WeChatClientFixture client(URI url) {
    return client(Options.of(Transport.NIO, url));
  }

  private WeChatClientFixture client(Options options) {
    WeChatClientFixture client = WeChatClientFixture.open(options);
    open.add(0, client);
    return client;
  }

  private static Result get(WeChatClientFixture client) throws Exception {
    return Await.result(client.api().get("/some/path", TOKEN));
  }

  private Result answerTo(RawHttpServer.Turn turn) throws Exception {
    return get(client(server(turn).url()));
  }

  @Test
  void get_isWrittenWithTheTokenInTheQuery_andTheBodyIsKept() throws Exception {
    String body = "{\"errcode\":0,\"errmsg\":\"ok\",\"more\":[1,{}]}";
    RawHttpServer server = server(RawHttpServer.json(body));

    Result result = get(client(server.url()));

    assertThat(server.request().line()).isEqualTo("GET /some/path?access_token=a%2Bb%2Fc HTTP/1.1");
    assertThat(result).isInstanceOf(Answered.class);
    Answered answered = (Answered) result;
    assertThat(answered.isOk()).isTrue();
    assertThat(new String(answered.body().bytes(), StandardCharsets.UTF_8)).isEqualTo(body);
    assertThat(answered.toString()).doesNotContain("more");
  }

  @Test
  void post_isWrittenWithItsBody() throws Exception {
    RawHttpServer server = server(RawHttpServer.json(OK));

    Result result =
        Await.result(
            client(server.url())
                .api()
                .post("/some/path", "{\"a\":1}".getBytes(StandardCharsets.UTF_8), TOKEN));

    assertThat(result).isInstanceOf(Answered.class);
    assertThat(server.request().line()).startsWith("POST /some/path?access_token=");
    assertThat(server.request().text()).isEqualTo("{\"a\":1}");
  }

  @Test
  void errorOfWeChat_isAnAnswer() throws Exception {
    Result result =
        answerTo(
            RawHttpServer.json(
                "{\"errcode\":48001,\"errmsg\":\"api unauthorized rid: 5f4a019e-1-2\"}"));

    assertThat(result)
        .isInstanceOfSatisfying(
            Answered.class,
            answered -> {
              assertThat(answered.isOk()).isFalse();
              assertThat(answered.errcode()).isEqualTo(48001);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 OK|[]|WeChat answered HTTP 200 with a body that cannot be read",
        "200 OK|{\"data\":[]}|WeChat's answer has no errcode",
        "404 Not Found|<html>|WeChat answered HTTP 404 with a body that cannot be read",
        "502 Bad Gateway|{\"errcode\":0}|WeChat answered HTTP 502",
      })
  void answerThatSaysNothing_isNotAvailable(String status, String body, String explanation)
      throws Exception {
    assertThat(answerTo(RawHttpServer.answer(status, "text/html", body)))
        .isEqualTo(new NotAvailable(explanation, true));
  }

  @Test
  void connectionRefused_isNotWritten() throws Exception {
    int nobody = DeafPort.number();

    assertThat(get(client(URI.create("http://127.0.0.1:" + nobody))))
        .isInstanceOfSatisfying(
            NotAvailable.class,
            not -> {
              assertThat(not.isWritten()).isFalse();
              assertThat(not.explanation()).contains("refused").doesNotContain("access_token");
            });
  }

  @Test
  void noAnswerInTime_isWritten() throws Exception {
    RawHttpServer server = server(RawHttpServer.silence());
    Duration limit = Duration.ofMillis(200);
    Result result = get(client(Options.of(Transport.NIO, server.url()).within(limit)));
    while (result.equals(NO_CONNECTION)
        && limit.compareTo(WeChatClientFixture.LONG.dividedBy(2)) < 0) {
      limit = limit.multipliedBy(2); // The machine is too busy to connect within a shorter one.
      result = get(client(Options.of(Transport.NIO, server.url()).within(limit)));
    }

    assertThat(result)
        .isEqualTo(new NotAvailable("no answer from WeChat: no answer in time", true));
  }

  @Test
  void body_beyondThatOfMessages_isRead_andTheConnectionIsUsedAgain() throws Exception {
    String padding = " ".repeat(AnswerSize.LARGE.most() - OK.length());
    RawHttpServer server = server(RawHttpServer.json(OK + padding), RawHttpServer.json(OK));
    WeChatClientFixture client = client(server.url());

    assertThat(get(client))
        .isInstanceOfSatisfying(
            Answered.class,
            answered -> assertThat(answered.body().bytes()).hasSize(AnswerSize.LARGE.most()));
    assertThat(get(client))
        .isInstanceOfSatisfying(
            Answered.class, answered -> assertThat(answered.body().bytes()).hasSize(OK.length()));
    assertThat(server.connections()).isOne();
  }

  @Test
  void body_oneByteTooLarge_isNotAvailable() throws Exception {
    String padding = " ".repeat(AnswerSize.LARGE.most() - OK.length() + 1);

    assertThat(answerTo(RawHttpServer.json(OK + padding)))
        .isEqualTo(
            new NotAvailable(
                "no answer from WeChat: the answer has more than 1048576 bytes", true));
  }

  @Test
  void message_afterALargeAnswer_stillHasTheSmallBound() throws Exception {
    String large = OK + " ".repeat(AnswerSize.SMALL.most() + 1 - OK.length());
    RawHttpServer server = server(RawHttpServer.json(large));
    WeChatClientFixture client = client(server.url());

    assertThat(get(client)).isInstanceOf(Answered.class);

    assertThat(Await.result(client.gateway().send(message(), TOKEN, () -> true)))
        .isInstanceOfSatisfying(
            Answer.NoAnswer.class,
            no -> assertThat(no.explanation()).contains("more than 65536 bytes"));
    assertThat(server.connections()).isOne();
  }

  /** However many calls are not answered, messages have all their connections. */
  @Test
  void callsBeyondTheirMost_wait_andLeaveTheConnectionsOfMessages() throws Exception {
    RawHttpServer server = server(RawHttpServer.heldBack(OK));
    WeChatClientFixture client = client(Options.of(Transport.NIO, server.url()).wide(2, 1));
    List<CompletionStage<Result>> calls = new ArrayList<>();
    for (int i = 0; i < WeChatApi.MAX_CALLS + 3; i++) {
      calls.add(client.api().get("/call/" + i, TOKEN));
    }
    Await.until("all places", () -> server.requests().size() == WeChatApi.MAX_CALLS);

    List<CompletionStage<Answer>> messages = send(client, MESSAGE_CONNECTIONS);
    Await.until(
        "the messages",
        () -> server.requests().size() == WeChatApi.MAX_CALLS + MESSAGE_CONNECTIONS);
    assertThat(server.requests().subList(WeChatApi.MAX_CALLS, server.requests().size()))
        .allSatisfy(request -> assertThat(request.line()).startsWith("POST "));
    assertThat(Await.result(send(client, 1).get(0))).isInstanceOf(Answer.NotWritten.class);

    server.release();
    for (CompletionStage<Answer> message : messages) {
      assertThat(Await.result(message)).isInstanceOf(Answer.Accepted.class);
    }
    for (CompletionStage<Result> call : calls) {
      assertThat(Await.result(call)).isInstanceOf(Answered.class);
    }
  }

  @Test
  void callsThatEnded_leaveTheBoundOfConnectionsAsItWas() throws Exception {
    RawHttpServer server =
        server(RawHttpServer.json(OK), RawHttpServer.json(OK), RawHttpServer.heldBack(OK));
    WeChatClientFixture client = client(Options.of(Transport.NIO, server.url()).wide(2, 1));
    assertThat(get(client)).isInstanceOf(Answered.class);
    assertThat(get(client)).isInstanceOf(Answered.class);

    List<CompletionStage<Answer>> messages = send(client, MESSAGE_CONNECTIONS);
    Await.until("the messages", () -> server.requests().size() == MESSAGE_CONNECTIONS + 2);

    assertThat(Await.result(send(client, 1).get(0))).isInstanceOf(Answer.NotWritten.class);
    assertThat(messages).hasSize(MESSAGE_CONNECTIONS);
  }

  private static List<CompletionStage<Answer>> send(WeChatClientFixture client, int count) {
    List<CompletionStage<Answer>> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(client.gateway().send(message(), TOKEN, () -> true));
    }
    return messages;
  }

  @Test
  void callsBeyondAllBounds_areNotMade_andPlacesAreFreedAgain() throws Exception {
    RawHttpServer server = server(RawHttpServer.heldBack(OK));
    WeChatClientFixture client = client(server.url());
    List<CompletionStage<Result>> calls = new ArrayList<>();
    for (int i = 0; i < WeChatApi.MAX_OPEN; i++) {
      calls.add(client.api().get("/call", TOKEN));
    }

    assertThat(get(client))
        .isEqualTo(new NotAvailable("too many calls to WeChat are waiting", false));

    server.release();
    for (CompletionStage<Result> call : calls) {
      assertThat(Await.result(call)).isInstanceOf(Answered.class);
    }
    assertThat(get(client)).isInstanceOf(Answered.class);
  }

  private static SubscribeMessage message() {
    return new SubscribeMessage(
        "o", "t", "", Map.of("thing1", "x"), MiniProgramState.FORMAL, Language.ZH_CN);
  }
}
