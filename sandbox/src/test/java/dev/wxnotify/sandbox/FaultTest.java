package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.message;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {

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

  private Socket connect() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), sandbox.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private byte[] request(String openId) {
    return request(openId, "keep-alive");
  }

  private byte[] request(String openId, String connection) {
    byte[] body = message(openId).getBytes(StandardCharsets.UTF_8);
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(SandboxClient.sendPath(token), connection, body.length);
    return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  private static String readAll(InputStream in, StringBuilder into) throws Exception {
    for (int b = in.read(); b >= 0; b = in.read()) {
      into.append((char) b);
    }
    return into.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"send:reset-before", "send:reset-after", "any:reset-after"})
  void reset_seenByASocket_isAResetAndNoClose(String fault) throws Exception {
    sandbox.addFault(Fault.parse(fault));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request("a"));

      assertThatThrownBy(() -> readAll(socket.getInputStream(), new StringBuilder()))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    assertThat(sandbox.messages()).hasSize(fault.endsWith("after") ? 1 : 0);
    assertThat(sandbox.state().sendsReceived()).isEqualTo(fault.endsWith("after") ? 1 : 0);
  }

  @Test
  void halfAnswer_seenByASocket_endsInAReset() throws Exception {
    sandbox.addFault(Fault.on(SandboxEndpoint.SEND, Effect.of(EffectKind.HALF_ANSWER)));
    StringBuilder got = new StringBuilder();
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request("a"));

      assertThatThrownBy(() -> readAll(socket.getInputStream(), got))
          .isInstanceOf(SocketException.class);
    }
    assertThat(got.toString()).startsWith("HTTP/1.1 200 OK").contains("{\"errcode\":0");
    assertThat(got.toString()).doesNotContain("msgid\":3248682510344192008}");
  }

  @Test
  void noAnswer_seenByASocket_isSilenceAfterTheMessageWasAccepted() throws Exception {
    sandbox.addFault(Fault.on(SandboxEndpoint.SEND, Effect.of(EffectKind.NO_ANSWER)));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request("a"));
      // An answer would follow at once.
      Eventually.until("it was accepted", () -> sandbox.messages().size() == 1);
      socket.setSoTimeout(300);

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(sandbox.messages()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(SandboxEndpoint.class)
  void errcode_atEachEndpoint_isWhatItsCallsGet(SandboxEndpoint endpoint) throws Exception {
    sandbox.addFault(Fault.on(endpoint, Effect.errcode(85113)));

    String answer =
        client.exchange(client.request(endpoint.path()).method(endpoint.method(), noBody())).body();

    assertThat(answer)
        .startsWith(
            "{\"errcode\":85113,\"errmsg\":\"cloudbase_token is not ready yet, please try again"
                + " later rid: ");
  }

  @Test
  void requests_pipelined_areAnsweredInOrder() throws Exception {
    sandbox.addFault(
        Fault.on(SandboxEndpoint.SEND, Effect.latency(Duration.ofMillis(100))).times(1));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request("sandbox-43101"));
      socket.getOutputStream().write(request("sandbox-45168", "close"));
      String all = readAll(socket.getInputStream(), new StringBuilder());

      assertThat(all.indexOf("43101")).isPositive().isLessThan(all.indexOf("45168"));
    }
  }

  @Test
  void count_usedUp_endsTheFault() throws Exception {
    sandbox.addFault(Fault.parse("send:errcode=45009:2"));

    assertThat(codes(4)).containsExactly(45009, 45009, 0, 0);
    assertThat(sandbox.faults()).isEmpty();
    assertThat(sandbox.messages()).hasSize(2);
  }

  @Test
  void every_third_strikesEachThird() throws Exception {
    sandbox.addFault(Fault.parse("any:errcode=-1:1/3"));

    assertThat(codes(6)).containsExactly(0, 0, -1, 0, 0, -1);
  }

  @Test
  void probability_sameSeed_strikesTheSame() throws Exception {
    Fault fault = Fault.on(SandboxEndpoint.SEND, Effect.errcode(-1)).withProbability(0.5, 7);
    sandbox.addFault(fault);
    List<Integer> first = codes(40);
    sandbox.clearFaults();
    sandbox.addFault(fault);

    assertThat(codes(40)).isEqualTo(first);
    assertThat(Collections.frequency(first, -1)).isBetween(5, 35);
  }

  @Test
  void endpoint_other_isNotStruck() throws Exception {
    sandbox.addFault(Fault.parse("stable_token:http=502"));

    assertThat(codes(1)).containsExactly(0);
    assertThat(client.postRaw("/cgi-bin/stable_token", "{}").statusCode()).isEqualTo(502);
    assertThat(client.get("/sandbox/state").path("sends_accepted").asInt()).isEqualTo(1);
  }

  @Test
  void latency_andAnError_addUp() throws Exception {
    sandbox.addFault(Fault.parse("send:latency=100"));
    sandbox.addFault(Fault.parse("send:latency=100"));
    sandbox.addFault(Fault.parse("send:errcode=-1"));
    long start = System.nanoTime();

    assertThat(codes(1)).containsExactly(-1);

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send",
        "nowhere:no-answer",
        "send:explode",
        "send:errcode",
        "send:errcode=x",
        "send:latency=0",
        "send:http=99",
        "send:no-answer=1",
        "send:no-answer:often",
        "send:no-answer:0%",
        "send:no-answer:1/0",
        "send:no-answer:-1"
      })
  void parse_rubbish_isRefusedWithWhatIsExpected(String text) {
    assertThatThrownBy(() -> Fault.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected:");
  }

  private List<Integer> codes(int sends) throws Exception {
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < sends; i++) {
      codes.add(client.sendCode(token, message("user-" + i)));
    }
    return codes;
  }
}
