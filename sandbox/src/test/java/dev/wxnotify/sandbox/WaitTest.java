package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitTest {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Sandbox sandbox;
  private SandboxClient client;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox = Sandbox.start();
    client = new SandboxClient(sandbox);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void wait_enoughAreThere_answersAtOnce() throws Exception {
    client.send(token, message("alice"));
    client.send(token, message("alice"));

    JsonNode answer = client.get("/sandbox/messages?open_id=alice&wait=60s&count=2");

    assertThat(answer.path("enough").asBoolean()).isTrue();
    assertThat(answer.path("messages")).hasSize(2);
  }

  @Test
  void wait_tooFew_answersWithTheLastOfThem() throws Exception {
    client.send(token, message("alice"));
    CompletableFuture<JsonNode> answer =
        waiting("/sandbox/messages?open_id=alice&wait=60s&count=3");
    client.send(token, message("bob"));
    client.send(token, message("sandbox-43101"));
    client.send(token, message("alice"));
    awaitWaiting(1);
    assertThat(answer).isNotDone();

    client.send(token, message("alice"));

    assertThat(get(answer).path("enough").asBoolean()).isTrue();
    assertThat(get(answer).path("total").asInt()).isEqualTo(3);
    awaitWaiting(0);
  }

  @Test
  void wait_timeIsOver_answersWithWhatIsThere() throws Exception {
    client.send(token, message("alice"));

    JsonNode answer = client.get("/sandbox/messages?open_id=alice&wait=50ms&count=2");

    assertThat(answer.path("enough").asBoolean()).isFalse();
    assertThat(answer.path("messages")).hasSize(1);
    awaitWaiting(0);
  }

  /** However short it is, it has looked once. */
  @Test
  void wait_ofNoTime_findsWhatIsThere() throws Exception {
    client.send(token, message("alice"));

    for (int i = 0; i < 50; i++) {
      assertThat(client.get("/sandbox/messages?wait=0s").path("enough").asBoolean()).isTrue();
    }
    assertThat(client.get("/sandbox/messages?wait=0s&count=2").path("enough").asBoolean())
        .isFalse();
  }

  @Test
  void wait_onReceived_takesRefusedSends() throws Exception {
    CompletableFuture<JsonNode> answer = waiting("/sandbox/received?errcode=43101&wait=60s");
    awaitWaiting(1);

    client.send(token, message("alice"));
    client.send(token, message("sandbox-43101"));

    assertThat(get(answer).path("total").asInt()).isEqualTo(1);
    assertThat(get(answer).path("received").get(0).path("errmsg").asText()).contains("refuse");
  }

  /** Only what comes after it: a test that runs again need not reset. */
  @Test
  void wait_afterANumber_ignoresWhatWasThere() throws Exception {
    client.send(token, message("alice"));
    long number = client.get("/sandbox/messages").path("messages").get(0).path("number").asLong();
    CompletableFuture<JsonNode> answer =
        waiting("/sandbox/messages?open_id=alice&wait=60s&after=" + number);
    awaitWaiting(1);

    client.send(token, message("alice"));

    assertThat(get(answer).path("messages")).hasSize(1);
  }

  @Test
  void wait_overAReset_countsAnew() throws Exception {
    client.send(token, message("alice"));
    CompletableFuture<JsonNode> answer = waiting("/sandbox/messages?wait=60s&count=2");
    awaitWaiting(1);

    client.post("/sandbox/reset", "");
    client.send(token, message("alice"));

    // A later wait ends, so that the first one has had its look at that message.
    get(waiting("/sandbox/messages?wait=60s&count=1"));
    assertThat(answer).isNotDone();
    client.send(token, message("alice"));
    assertThat(get(answer).path("total").asInt()).isEqualTo(2);
  }

  @Test
  void waits_many_areReleasedTogether() throws Exception {
    List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
    for (int i = 0; i < InboxWaits.MOST; i++) {
      answers.add(waiting("/sandbox/messages?open_id=alice&wait=60s"));
    }
    awaitWaiting(InboxWaits.MOST);
    HttpResponse<String> tooMany = client.exchange(client.request("/sandbox/messages?wait=1s"));

    client.send(token, message("alice"));

    for (CompletableFuture<JsonNode> answer : answers) {
      assertThat(get(answer).path("total").asInt()).isEqualTo(1);
    }
    assertThat(tooMany.statusCode()).isEqualTo(503);
    assertThat(SandboxClient.json(tooMany).path("field").asText()).isEqualTo("wait");
    awaitWaiting(0);
  }

  @Test
  void wait_ofAConnectionThatEnds_isReleased() throws Exception {
    RawCaller caller = new RawCaller(sandbox);
    caller.write("GET /sandbox/messages?wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n");
    awaitWaiting(1);

    caller.close();

    awaitWaiting(0);
  }

  /** The connection goes on: what was asked behind the wait is answered after it. */
  @Test
  void wait_inAPipeline_keepsTheOrder() throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      String get = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: %s\r\n\r\n";
      caller.write(
          get.formatted("/sandbox/messages?wait=60s", "keep-alive")
              + get.formatted("/sandbox/nowhere", "close"));
      awaitWaiting(1);

      client.send(token, message("alice"));

      String both = caller.readToEnd();
      assertThat(both.indexOf("\"enough\":true")).isPositive();
      assertThat(both.indexOf("404 Not Found")).isGreaterThan(both.indexOf("\"enough\":true"));
    }
  }

  @Test
  void close_ofTheSandbox_endsWaits() throws Exception {
    CompletableFuture<JsonNode> answer = waiting("/sandbox/messages?wait=60s");
    awaitWaiting(1);

    sandbox.close();

    Eventually.until("the end", answer::isCompletedExceptionally);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=5               | wait",
        "wait=                | wait",
        "wait=-1s             | wait",
        "wait=61s             | wait",
        "wait=2m              | wait",
        "wait=1s&count=0      | count",
        "wait=1s&count=-1     | count",
        "wait=1s&count=many   | count",
        "wait=1s&count=100001 | count",
        "count=1              | count",
        "after=-1             | after",
        "before=0             | before",
        "before=x             | before",
        "errcode=x            | errcode",
        "receipt=sometimes    | receipt",
        "limit=-1             | limit",
      })
  void parameters_thatAreWrong_areNamed(String query, String field) throws Exception {
    HttpResponse<String> response = client.exchange(client.request("/sandbox/messages?" + query));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(SandboxClient.json(response).path("field").asText()).isEqualTo(field);
    assertThat(SandboxClient.json(response).path("error").asText())
        .startsWith(field + ":")
        .contains("expected:");
  }

  @Test
  void parameters_severalThatAreWrong_areAllNamed() throws Exception {
    HttpResponse<String> response =
        client.exchange(client.request("/sandbox/received?wait=5&count=0&limit=x"));

    assertThat(response.body()).contains("wait: 5", "count: 0", "limit: x");
  }

  private CompletableFuture<JsonNode> waiting(String path) {
    return http.sendAsync(client.request(path).build(), BodyHandlers.ofString())
        .thenApply(
            response -> {
              try {
                return SandboxClient.json(response);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
  }

  private static JsonNode get(CompletableFuture<JsonNode> answer) throws Exception {
    return answer.get(60, TimeUnit.SECONDS);
  }

  private void awaitWaiting(int count) throws InterruptedException {
    Eventually.until(count + " waits", () -> sandbox.waiting() == count);
  }

  @Test
  void await_inJava_returnsTheMessage() throws Exception {
    CompletableFuture<AcceptedMessage> awaited =
        CompletableFuture.supplyAsync(() -> sandbox.awaitMessageTo("alice"));
    awaitWaiting(1);

    client.send(token, message("alice"));

    assertThat(awaited.get(60, TimeUnit.SECONDS).openId()).isEqualTo("alice");
    assertThat(sandbox.awaitMessagesTo("alice", 1, Duration.ofSeconds(1))).hasSize(1);
  }

  @Test
  void await_inJava_thatFails_tellsWhatCameInstead() throws Exception {
    assertThat(failure("alice"))
        .isEqualTo("no message to alice within 10 ms; nothing was sent at all");

    client.send(token, message("bob"));
    client.send(token, message("sandbox-43101"));

    assertThat(failure("alice"))
        .startsWith("no message to alice within 10 ms; of 2 sends, the last:")
        .contains("\n  to bob, template 秒杀开始提醒: 0 ok")
        .contains("\n  to sandbox-43101, template 秒杀开始提醒: 43101 user refuse");
  }

  private String failure(String openId) {
    try {
      sandbox.awaitMessageTo(openId, Duration.ofMillis(10));
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("there was one");
  }

  @Test
  void user_inJava_changesTheLedger() throws Exception {
    SandboxUser alice = sandbox.user("alice");

    alice.allows(SandboxTemplates.SECKILL_TEMPLATE_ID);
    assertThat(client.sendCode(token, message("alice"))).isZero();
    assertThat(client.sendCode(token, message("alice"))).isEqualTo(43101);
    alice.allows(2, SandboxTemplates.SECKILL_TEMPLATE_ID);
    assertThat(client.sendCode(token, message("alice"))).isZero();
    alice.rejects(SandboxTemplates.SECKILL_TEMPLATE_ID);
    assertThat(client.sendCode(token, message("alice"))).isEqualTo(43101);
    alice.allows(SandboxTemplates.SECKILL_TEMPLATE_ID);
    alice.turnsOff(SandboxTemplates.SECKILL_TEMPLATE_ID);
    assertThat(client.sendCode(token, message("alice"))).isEqualTo(43101);
  }
}
