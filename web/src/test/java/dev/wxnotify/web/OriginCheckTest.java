package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCheckTest {
  private final OriginCheck check = new OriginCheck();

  @ParameterizedTest
  @CsvSource({
    "localhost:9091, http://localhost:9091",
    "LOCALHOST:9091, http://localhost:9091",
    "localhost:9091, HTTP://LOCALHOST:9091",
    "localhost.:9091, http://localhost:9091",
    "localhost:9091, https://localhost:9091",
    "ops.example.com, https://ops.example.com",
    "ops.example.com, http://ops.example.com",
    "ops.example.com:443, https://ops.example.com",
    "ops.example.com, https://ops.example.com:443",
    "ops.example.com:80, http://ops.example.com",
    "127.0.0.1:9091, http://127.0.0.1:9091",
    "[::1]:9091, http://[::1]:9091",
    "[0:0::1]:9091, http://[::1]:9091",
  })
  void origin_thatIsTheHost_passes(String host, String origin) {
    PageRequest request = Requests.post("/", "a=1", "Host", host, "Origin", origin);

    assertThat(check.refusal(request)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:9091, null",
    "localhost:9091, ''",
    "localhost:9091, http://localhost:9090",
    "localhost:9091, http://localhost",
    "localhost:9091, http://127.0.0.1:9091",
    "localhost, http://localhost:443",
    "localhost:443, http://localhost",
    "localhost:80, https://localhost",
    "localhost:9091, http://evil.example",
    "localhost:9091, http://evil.example:9091",
    "localhost:9091, http://localhost:9091.evil.example",
    "localhost:9091, http://localhost:9091@evil.example",
    "localhost:9091, http://evil.example@localhost:9091",
    "localhost:9091, http://localhost:9091/",
    "localhost:9091, http://localhost:9091#x",
    "localhost:9091, http://localhost:9091?x",
    "localhost:9091, http://evil.example\\@localhost:9091",
    "localhost:9091, localhost:9091",
    "localhost:9091, //localhost:9091",
    "localhost:9091, file://localhost:9091",
    "localhost:9091, chrome-extension://localhost:9091",
    "localhost:9091, 'http://localhost:9091, http://evil.example'",
    "localhost:9091, http://localhost:9091 http://evil.example",
    "ops.example.com, https://example.com",
    "ops.example.com, https://sub.ops.example.com",
    "'localhost, localhost', http://localhost",
    "[::1]:9091, http://[::2]:9091",
  })
  void origin_thatIsAnother_isRefused(String host, String origin) {
    PageRequest request = Requests.post("/", "a=1", "Host", host, "Origin", origin);

    assertThat(check.refusal(request))
        .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(403));
  }

  @Test
  void post_withoutOrigin_passes() {
    assertThat(check.refusal(Requests.post("/", "a=1"))).isEmpty();
    assertThat(check.refusal(Requests.post("/", "a=1", "Sec-Fetch-Site", "same-origin"))).isEmpty();
    assertThat(check.refusal(Requests.post("/", "a=1", "Sec-Fetch-Site", "none"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "CROSS-SITE", " cross-site ", "same-site"})
  void post_fromAnotherSite_isRefused_whateverOrigin(String site) {
    assertThat(check.refusal(Requests.post("/", "a=1", "Sec-Fetch-Site", site))).isPresent();
    assertThat(
            check.refusal(
                Requests.post("/", "a=1", "Sec-Fetch-Site", site, "Origin", "http://localhost")))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "post", "ANYTHING"})
  void method_thatMayChange_isChecked(String method) {
    assertThat(check.refusal(Requests.of(method, "/", "", "Origin", "null"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
  void method_thatIsSafe_isNotChecked(String method) {
    assertThat(check.refusal(Requests.of(method, "/", "", "Origin", "http://evil.example")))
        .isEmpty();
  }
}
