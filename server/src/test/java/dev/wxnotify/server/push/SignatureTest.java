package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With WeChat's own numbers. */
final class SignatureTest {
  @ParameterizedTest
  @CsvSource({
    "AAAAA, 1714036504, 1514711492, f464b24fc39322e44b38aa78f5edd27bd1441696",
    "AAAAA, 1714037059, 486452656, 899cf89e464efb63f54ddac96b0a0a235f53aa78",
    "AAAAA, 1714112445, 415670741, 6c5c811b55cc85e0e1b54100749188c20beb3f5d",
  })
  void ofThreeParts_isWeChats(String token, String timestamp, String nonce, String expected) {
    assertThat(Signature.of(token, timestamp, nonce)).isEqualTo(expected);
    assertThat(Signature.matches(expected, List.of(token), timestamp, nonce)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "AAAAA, 1714112445, 415670741, " + Vectors.V1 + ", 046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    "AAAAA, 1713424427, 415670741, " + Vectors.V2 + ", 1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
    "pamtest, 1409304348, xxxxxx, " + Vectors.V4 + ", 2047c4968ba23d7c28d417ecd14b36b4dec86c13",
  })
  void withEncryptedText_isWeChats(
      String token, String timestamp, String nonce, String encrypted, String expected) {
    assertThat(Signature.of(token, timestamp, nonce, encrypted)).isEqualTo(expected);
  }

  @Test
  void matches_anyOfSeveralTokens_andNoOther() {
    String signature = Signature.of("new", "1", "2");

    assertThat(Signature.matches(signature, List.of("old", "new"), "1", "2")).isTrue();
    assertThat(Signature.matches(signature, List.of("old", "older"), "1", "2")).isFalse();
    assertThat(Signature.matches(signature.toUpperCase(Locale.ROOT), List.of("new"), "1", "2"))
        .isFalse();
    assertThat(Signature.matches("", List.of("new"), "1", "2")).isFalse();
    assertThat(Signature.matches(signature + "0", List.of("new"), "1", "2")).isFalse();
  }

  /** Sorted as texts of UTF-16 the first two parts would change places. */
  @Test
  void partsBeyondAscii_areInTheOrderOfTheirBytes() {
    assertThat(Signature.of("\uFF5E", "\uD83D\uDE00", "1"))
        .isEqualTo(Signature.of("1", "\uD83D\uDE00", "\uFF5E"))
        .isEqualTo("%s", sha1("1\uFF5E\uD83D\uDE00"));
  }

  private static String sha1(String text) {
    return Signature.of(text);
  }
}
