package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretMaskTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "access_token=abc                      | access_token=********",
        "a=1&access_token=a%2Bb&c=2            | a=1&access_token=********&c=2",
        "?cloudbase_access_token=abc           | ?cloudbase_access_token=********",
        "appid=wx1&secret=abc                  | appid=wx1&secret=********",
        "appid=wx1&appsecret=                  | appid=wx1&appsecret=********",
        "ACCESS_TOKEN=abc                      | ACCESS_TOKEN=********",
        "access_token=********                 | access_token=********",
        "{\"access_token\":\"abc\",\"a\":1}    | {\"access_token\":\"********\",\"a\":1}",
        "{\"secret\" : \"abc\"}                | {\"secret\" : \"********\"}",
        "{\"component_appsecret\":\"abc\"}     | {\"component_appsecret\":\"********\"}",
        "{\"secret\":\"cut off                 | {\"secret\":\"********",
        "{\"x\":\"{\\\"secret\\\":\\\"abc\\\"}\"} | {\"x\":\"{\\\"secret\\\":\\\"********\\\"}\"}",
        "{\"url\":\"https://h/p?access_token=abc\"} | {\"url\":\"https://h/p?access_token=********\"}",
        "{\"touser\":\"alice\"}                | {\"touser\":\"alice\"}",
        "{\"errmsg\":\"access_token missing\"} | {\"errmsg\":\"access_token missing\"}",
      })
  void hide_masksTheValuesOfTokensAndSecrets(String text, String expected) {
    assertThat(SecretMask.hide(text)).isEqualTo(expected);
  }

  @Test
  void hide_longText_needsNoStack() {
    String tail = "x".repeat(1_000_000);

    assertThat(SecretMask.hide("{\"secret\":\"" + tail + "\"}"))
        .isEqualTo("{\"secret\":\"********\"}");
    assertThat(SecretMask.hide("\\\"".repeat(500_000))).hasSize(1_000_000);
  }
}
