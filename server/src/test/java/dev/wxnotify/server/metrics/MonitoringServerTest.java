package dev.wxnotify.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.Readiness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The monitoring port over real sockets. */
final class MonitoringServerTest {
  private static final int SOCKET_TIMEOUT_MILLIS = 20_000;
  private static final int CHANCES = 3;
  private static final int SOONER_THAN_THE_END_OF_LIFE_MILLIS =
      (int) MonitoringServer.LIFE.toMillis() / 2;

  private final Readiness readiness =
      new Readiness(new Apps(List.of(), null), InstantSource.system());
  private final ServerMeters meters =
      new ServerMeters("1.2.3", List.of("wx-app"), InstantSource.system());
  private final MonitoringServer server =
      new MonitoringServer(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), readiness, meters);
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    meters.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  @Test
  void livez_isAliveWhateverElseIsWrong() throws Exception {
    assertThat(get("/livez"))
        .returns(200, HttpResponse::statusCode)
        .returns("alive\n", HttpResponse::body);
  }

  @Test
  void readyz_notReady_is503WithTheReasons() throws Exception {
    HttpResponse<String> answer = get("/readyz");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(answer.body())
        .isEqualTo("{\"status\":\"not_ready\",\"reasons\":[\"the server is starting\"]}\n");
  }

  @Test
  void readyz_reasonWithOddCharacters_isJson() throws Exception {
    readiness.watch("redis", () -> Optional.of("\"odd\" \\ \n 拒绝"));

    assertThat(get("/readyz").body()).contains("\"redis: \\\"odd\\\" \\\\ \\n 拒绝\"");
  }

  @Test
  void metrics_byDefault_isThePrometheusText() throws Exception {
    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(new Scrape(answer.body()).names()).contains("wxnotify_messages_total");
    assertThat(answer.body()).doesNotContain("# EOF");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/vnd.google.protobuf;q=0.8,Application/OpenMetrics-Text;version=1.0.0;q=0.6"
      })
  void metrics_openMetricsAccepted_isOpenMetrics(String accept) throws Exception {
    HttpResponse<String> answer =
        http.send(request("/metrics").header("accept", accept).build(), BodyHandlers.ofString());

    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(answer.body()).endsWith("# EOF\n");
  }

  @ParameterizedTest
  @CsvSource({"/metrics, 200", "/livez, 200", "/readyz, 503", "/livez?verbose=1, 200"})
  void head_hasTheHeadersOfGetAndNoBody(String path, int status) throws Exception {
    HttpResponse<String> head =
        http.send(
            request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());

    assertThat(head.statusCode()).isEqualTo(status);
    assertThat(head.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
  void otherMethods_areNotAllowed(String method) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request("/metrics").method(method, BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics/", "/METRICS", "/readyz/../metrics", "/actuator"})
  void otherPaths_areNotFound(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void rubbish_isRefusedAndTheNextOneIsServed() throws Exception {
    assertThat(raw("\u0016\u0003\u0001 rubbish\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /" + "x".repeat(2 * MonitoringServer.MAX_LINE) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(
            raw(
                "GET /livez HTTP/1.1\r\nX: "
                    + "x".repeat(2 * MonitoringServer.MAX_HEADERS)
                    + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4");

    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void requestThatPromisesABody_isAnsweredWithoutWaitingForIt() throws Exception {
    assertThat(raw("GET /livez HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  /** Sends and returns the answer; the server closes the connection after it. */
  private String raw(String bytes) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
    return socket;
  }

  @Test
  void slowClients_manyMoreThanConnections_delayNobodyAndTheOldestAreClosed() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * MonitoringServer.MOST; i++) {
        Socket socket = connect();
        slow.add(socket);
        socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
        if (i % MonitoringServer.MOST == 0) {
          assertThat(get("/livez").statusCode()).isEqualTo(200);
        }
      }

      assertThat(get("/livez").statusCode()).isEqualTo(200);
      assertThat(get("/metrics").statusCode()).isEqualTo(200);
      for (Socket oldest : slow.subList(0, MonitoringServer.MOST)) {
        oldest.setSoTimeout(SOONER_THAN_THE_END_OF_LIFE_MILLIS);
        assertThat(isClosed(oldest.getInputStream())).isTrue();
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static boolean isClosed(InputStream in) throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void silentClient_isClosedAfterAWhile() throws Exception {
    try (Socket silent = connect()) {
      assertThat(isClosed(silent.getInputStream())).isTrue();
    }
  }

  @Test
  void aGaugeThatBreaks_hurtsNoOtherPage() throws Exception {
    readiness.watch(
        "redis",
        () -> {
          throw new IllegalStateException("broken on purpose");
        });

    assertThat(get("/readyz"))
        .returns(500, HttpResponse::statusCode)
        .returns("see the log\n", HttpResponse::body);
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void start_portInUse_namesTheAddress() {
    MonitoringServer second =
        new MonitoringServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
            readiness,
            meters);

    assertThatThrownBy(second::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(":" + server.port());
  }

  /** The kernel may immediately give a freed port to another process, hence the attempts. */
  @Test
  void close_freesThePort() throws Exception {
    for (int i = 0; i < CHANCES; i++) {
      MonitoringServer another =
          new MonitoringServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), readiness, meters);
      another.start();
      int port = another.port();
      another.close();
      if (canBeBound(port)) {
        return;
      }
    }
    throw new AssertionError("no port was free after the end of its server");
  }

  private static boolean canBeBound(int port) {
    try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return again.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
