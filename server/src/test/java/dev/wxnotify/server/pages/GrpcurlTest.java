package dev.wxnotify.server.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.pages.ConfigurationState.CallerState;
import dev.wxnotify.server.pages.ConfigurationState.Origin;
import dev.wxnotify.server.pages.ConfigurationState.Setting;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrpcurlTest {
  private static Setting setting(String key, String value) {
    return new Setting("", key, value, false, !value.isEmpty(), Origin.FILE, "", "", "");
  }

  @Test
  void call_namesTheAddressOfTheConfiguration() {
    Grpcurl grpcurl =
        new Grpcurl(
            new ConfigurationState(
                "",
                List.of(
                    setting("wxnotify.grpc.host", "0.0.0.0"),
                    setting("wxnotify.grpc.port", "7000"),
                    setting("wxnotify.grpc.tls.certificate", "")),
                List.of(),
                ""));

    assertThat(grpcurl.call("A/B", Map.of("app_id", "")))
        .isEqualTo("grpcurl -plaintext 127.0.0.1:7000 wxnotify.v1.A/B");
  }

  @Test
  void call_withTlsAndCallers_showsCredentials() {
    Grpcurl grpcurl =
        new Grpcurl(
            new ConfigurationState(
                "",
                List.of(
                    setting("wxnotify.grpc.host", "::1"),
                    setting("wxnotify.grpc.tls.certificate", "/tls/cert.pem")),
                List.of(new CallerState("ops", null, true, false, false, 1, Set.of(), null, null)),
                ""));

    assertThat(grpcurl.call("A/B", Map.of("id", "1")))
        .isEqualTo(
            "grpcurl -H 'authorization: Bearer TOKEN' -d '{\"id\":\"1\"}' [::1]:9090"
                + " wxnotify.v1.A/B");
  }

  @Test
  void call_withHostileValues_isSafeToPaste() {
    Grpcurl grpcurl = new Grpcurl(new ConfigurationState("", List.of(), List.of(), ""));

    String call = grpcurl.call("A/B", Map.of("id", "a'; rm -rf ~ #\n\u202e\u0000\"\\ 好🎉"));

    assertThat(call)
        .contains("a\\u0027; rm -rf ~ #\\u000a\\u202e\\u0000\\\"\\\\ 好🎉")
        .containsOnlyOnce("-d '")
        .doesNotContain("\n", "\u202e");
    assertThat(call.chars().filter(c -> c == '\'').count()).isEqualTo(2);
  }
}
