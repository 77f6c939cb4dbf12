package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.TestLoops;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import dev.wxnotify.server.token.TokenReader.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks an endpoint of raw bytes for a token. */
@Timeout(60)
class UrlTokenReaderTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String BEARER = "bearer-hush-1";

  private final TestLoops loops = new TestLoops(1);
  private final ServerSocket socket;
  private final WeChatHttpClient http;
  private final CompletableFuture<String> request = new CompletableFuture<>();

  UrlTokenReaderTest() throws IOException {
    socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    http = client(LONG);
  }

  private WeChatHttpClient client(Duration timeout) {
    return new WeChatHttpClient(
        new WeChatHttpClient.Settings(url(""), null, timeout, timeout, 1, Duration.ofMinutes(1)),
        loops.group());
  }

  @AfterEach
  void close() throws IOException {
    http.close();
    socket.close();
    loops.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
  }

  /** Answers one request with these bytes. */
  private void answer(byte[] bytes) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket peer = socket.accept()) {
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                  head.append((char) peer.getInputStream().read());
                }
                request.complete(head.toString());
                peer.getOutputStream().write(bytes);
              } catch (IOException e) {
                request.completeExceptionally(e);
              }
            },
            "token-endpoint");
    thread.setDaemon(true);
    thread.start();
  }

  private Reading read(String path, String bearer) throws Exception {
    return Await.result(new UrlTokenReader(http, url(path), () -> bearer).read());
  }

  private Reading readAnswer(String body) throws Exception {
    answer(Http.answer(body.getBytes(StandardCharsets.UTF_8)));
    return read("/token?key=query-hush-2&app=%2Fa", BEARER);
  }

  private static String why(Reading reading) {
    return ((NotFound) reading).why().explanation();
  }

  @Test
  void request_isAGet_withTheQueryAndTheBearerToken() throws Exception {
    readAnswer("{\"access_token\":\"98_a\",\"expires_in\":7200}");

    assertThat(request.join())
        .startsWith("GET /token?key=query-hush-2&app=%2Fa HTTP/1.1\r\n")
        .contains("\r\nhost: 127.0.0.1:" + socket.getLocalPort() + "\r\n")
        .contains("\r\nauthorization: Bearer " + BEARER + "\r\n");
  }

  @Test
  void request_withoutPathAndBearerToken_isForTheRoot() throws Exception {
    answer(Http.answer(Http.bytes("{\"access_token\":\"98_a\",\"expires_in\":7200}")));
    read("", "");

    assertThat(request.join())
        .startsWith("GET / HTTP/1.1\r\n")
        .doesNotContainIgnoringCase("authorization");
  }

  @ParameterizedTest
  @CsvSource({"7200,5760", "\"100\",80", "1,1"})
  void token_isReadAgainAtFourFifthsOfItsLife(String expiresIn, long again) throws Exception {
    Reading reading = readAnswer("{\"access_token\":\"98_a\",\"expires_in\":" + expiresIn + "}");

    assertThat(reading)
        .isEqualTo(
            new Found(
                "98_a",
                Duration.ofSeconds(Long.parseLong(expiresIn.replace("\"", ""))),
                Duration.ofSeconds(again),
                Duration.ZERO));
  }

  @Test
  void token_withoutALife_isReadAgainEveryMinute() throws Exception {
    assertThat(readAnswer("{\"access_token\":\"98_a\",\"errcode\":0}"))
        .isEqualTo(
            new Found("98_a", Duration.ofMinutes(2), Duration.ofMinutes(1), Duration.ofHours(2)));
  }

  @ParameterizedTest
  @CsvSource({"40164,CREDENTIALS", "40001,CREDENTIALS", "-1,BUSY", "45009,BUSY", "7,CREDENTIALS"})
  void errcode_isARefusal(int errcode, IssueResult.Refused.Kind kind) throws Exception {
    Reading reading = readAnswer("{\"errcode\":" + errcode + ",\"errmsg\":\"no\"}");

    assertThat(((NotFound) reading).why())
        .isInstanceOfSatisfying(
            IssueResult.Refused.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(kind);
              assertThat(refused.isWeChats()).isFalse();
              assertThat(refused.explanation())
                  .startsWith("token.url (http://127.0.0.1:" + socket.getLocalPort() + ")")
                  .contains(errcode + " no");
            });
  }

  @ParameterizedTest
  @CsvSource({"Bearer bearer-hush-1", "key=query-hush-2", "not query-hush-2", "app /a"})
  void errmsg_thatRepeatsASecret_isNotTold(String errmsg) throws Exception {
    String told = why(readAnswer("{\"errcode\":40001,\"errmsg\":\"" + errmsg + "\"}"));

    assertThat(told).doesNotContain("hush").contains("40001");
  }

  @Test
  void errmsg_thatRepeatsTheLastToken_isNotTold() throws Exception {
    UrlTokenReader reader = new UrlTokenReader(http, url("/token"), () -> "");
    answer(json("{\"access_token\":\"98_hush\",\"expires_in\":7200}"));
    assertThat(Await.result(reader.read())).isInstanceOf(Found.class);

    answer(json("{\"errcode\":40001,\"errmsg\":\"98_hush is dead\"}"));

    assertThat(why(Await.result(reader.read()))).doesNotContain("hush").contains("40001");
  }

  private static byte[] json(String body) {
    return Http.answer("200 OK", "Connection: close\r\n", Http.bytes(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"access_token\":\"\",\"expires_in\":7200} | access_token that is empty",
        "{\"expires_in\":7200} | access_token that is empty",
        "{\"access_token\":\"98 a\",\"expires_in\":7200} | is not plain text",
        "{\"access_token\":\"98_hush\",\"expires_in\":0} | expires_in",
        "{\"access_token\":\"98_hush\",\"expires_in\":\"soon\"} | expires_in",
        "{\"data\":{\"access_token\":\"98_hush\"}} | access_token that is empty",
        "98_hush | not a JSON object",
      })
  void answer_thatIsNone_isExplained_andNotRepeated(String body, String told) throws Exception {
    assertThat(why(readAnswer(body))).contains(told).doesNotContain("hush");
  }

  @ParameterizedTest
  @CsvSource({"302 Found,HTTP 302", "403 Forbidden,check token.bearer-token", "500 Oops,HTTP 500"})
  void status_otherThan200_isNoToken(String status, String told) throws Exception {
    answer(
        Http.answer(
            status,
            "Location: /other\r\n",
            Http.bytes("{\"access_token\":\"98_hush\",\"expires_in\":7200}")));

    assertThat(why(read("/token", BEARER))).contains(told).doesNotContain("hush");
  }

  @Test
  void endpoint_thatIsSilent_isGivenUp() throws Exception {
    Duration limit = Duration.ofMillis(300);
    String why = whyNotWithin(limit);
    while (why.endsWith(" in time")
        && why.contains("could not be reached")
        && limit.compareTo(LONG.dividedBy(2)) < 0) {
      limit = limit.multipliedBy(2); // The machine is too busy to connect within a shorter one.
      why = whyNotWithin(limit);
    }

    assertThat(why).contains("gave no answer");
  }

  private String whyNotWithin(Duration limit) throws Exception {
    try (WeChatHttpClient impatient = client(limit)) {
      return why(Await.result(new UrlTokenReader(impatient, url("/token"), () -> "").read()));
    }
  }

  @Test
  void endpoint_thatIsAway_isExplained() throws Exception {
    socket.close();

    assertThat(why(read("/token?key=query-hush-2", BEARER)))
        .contains("could not be reached")
        .doesNotContain("hush");
  }
}
