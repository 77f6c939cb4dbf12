package dev.wxnotify.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenTextTest {

  @Test
  void token_ofWeChat_isOne() {
    assertThat(TokenText.mistake("98_" + "aB3-_".repeat(100))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'',is empty",
    "'two words',is not plain text",
    "'令牌',is not plain text",
    "'\uFFFDtoken',is not plain text",
    "'\"token\"',is JSON",
    "'{\"access_token\":\"x\"}',is JSON",
  })
  void otherText_isNone_andNotRepeated(String text, String mistake) {
    assertThat(TokenText.mistake(text)).startsWith(mistake);
  }

  @Test
  void longText_isNone() {
    assertThat(TokenText.mistake("x".repeat(2049))).startsWith("has more than");
  }
}
