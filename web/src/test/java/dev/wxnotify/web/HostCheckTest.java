package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCheckTest {
  private final HostCheck check = new HostCheck(Set.of("Ops.Example.com", "dotted.example.", "盒子"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:9091",
        "LOCALHOST:1",
        "localhost.",
        "localhost.:9091",
        "127.0.0.1",
        "127.0.0.1:9091",
        "127.0.0.1.",
        "10.255.0.9:65535",
        "0.0.0.0:1",
        "[::1]",
        "[::1]:9091",
        "[2001:DB8::1]:443",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]:80",
        "ops.example.com",
        "OPS.EXAMPLE.COM:8080",
        "ops.example.com.",
        "dotted.example:80",
      })
  void host_thatIsAddressOrAllowed_passes(String host) {
    assertThat(check.allows(host)).isTrue();
    assertThat(check.refusal(Requests.get("/", "Host", host))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "evil.example",
        "evil.example:9091",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:9091",
        "ops.example.com.evil.example",
        "xops.example.com",
        "sub.ops.example.com",
        "user@localhost",
        "localhost@evil.example",
        "localhost:80@evil.example",
        "evil.example#localhost",
        "evil.example/localhost",
        "evil.example\\localhost",
        "localhost evil.example",
        "localhost, evil.example",
        "localhost,localhost",
        "evil.example, localhost",
        "http://localhost",
        "localhost:",
        "localhost:x",
        "localhost:-1",
        "localhost:65536",
        "localhost:999999",
        "localhost..",
        "ops..example.com",
        ".localhost",
        ":80",
        "[::1",
        "::1",
        "[]",
        "[::1]evil.example",
        "[::1].evil.example",
        "[::g]",
        "[1:2:3]",
        "[::1%25eth0]",
        "[localhost]",
        "[127.0.0.1]",
        "256.0.0.1",
        "127.1",
        "127.0.0.01",
        "2130706433",
        "0x7f000001",
        "١٢٧.0.0.1",
        "localhoſt",
        "locaIhost",
        "localhost\u0000",
        "local\thost",
        "%6cocalhost",
      })
  void host_thatIsAnythingElse_isRefused(String host) {
    assertThat(check.allows(host)).isFalse();
    assertThat(check.refusal(Requests.get("/", "Host", host)))
        .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(403));
  }

  @Test
  void host_thatIsMissing_isRefused() {
    PageRequest request = Requests.get("/");
    PageRequest without =
        new PageRequest("GET", "/", Map.of(), Map.of(), request.body(), request.peer());

    assertThat(check.refusal(without)).isPresent();
  }

  @Test
  void host_thatIsLong_isRefused() {
    assertThat(check.allows("a".repeat(100_000) + ".localhost")).isFalse();
    assertThat(check.allows("[" + ":".repeat(100_000) + "]")).isFalse();
  }

  @Test
  void refusal_doesNotRepeatTheHost() {
    assertThat(
            new String(
                check.refusal(Requests.get("/", "Host", "evil.example")).orElseThrow().body(),
                StandardCharsets.UTF_8))
        .doesNotContain("evil")
        .contains("localhost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ops.example.com", "OPS", "10.0.0.1", "[::1]", "a_b.internal"})
  void name_withoutPort_isOne(String name) {
    assertThat(HostCheck.isName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ops.example.com:80", "http://ops", "*.example.com", "a b", "盒子"})
  void name_withMore_isNone(String name) {
    assertThat(HostCheck.isName(name)).isFalse();
  }
}
