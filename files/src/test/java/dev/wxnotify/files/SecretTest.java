package dev.wxnotify.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cr3t",
        "s3cr3t\n",
        "s3cr3t\r\n",
        "\uFEFFs3cr3t",
        "\uFEFFs3cr3t\r\n",
        " s3cr3t \n\n",
        "\ts3cr3t\t\n"
      })
  void secret_withWhatEditorsPutAroundIt_isTheTextAlone(String content) throws Exception {
    assertThat(Secret.of(bytes(content))).isEqualTo("s3cr3t");
    assertThat(Secret.of(content)).isEqualTo("s3cr3t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "a\"b", "'", "\"", "\"a", "a\"", "\"a'", "${a}", "a,b\\c", "中😀", "“a\""})
  void secret_withCharactersOfAllKinds_isTakenAsItIs(String content) throws Exception {
    assertThat(Secret.of(bytes(content))).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \r\n\t", "\uFEFF", "\uFEFF \n"})
  void secret_ofNothing_isRefused(String content) {
    assertRefused(content, "is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cr3t\nx", "s3cr3t\rx", "# a comment\ns3cr3t\n", "s3cr3t\n\nx\n"})
  void secret_ofSeveralLines_isRefused(String content) {
    assertRefused(content, "has more than one line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"s3cr3t\"",
        "'s3cr3t'\n",
        "`s3cr3t`",
        "“s3cr3t”",
        "‘s3cr3t’",
        "\uFEFF\"s3cr3t\""
      })
  void secret_inQuotes_isRefused(String content) {
    assertRefused(content, "has quotes around it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cr3t\0",
        "s3\0cr3t",
        "s3\tcr3t",
        "\u001b[0ms3cr3t",
        "s3cr3t\u007f",
        "s3cr3t\u0085x",
        "s3\u200bcr3t",
        "s3\u00a0cr3t",
        "s3\u3000cr3t",
        "\uFEFF\uFEFFs3cr3t",
        "s3cr3t\uFEFF",
        "s3\uFFFDcr3t",
        "s3\u2028cr3t"
      })
  void secret_withCharactersThatNobodySees_isRefused(String content) {
    assertRefused(content, "contains control or invisible characters");
  }

  @Test
  void secret_inAnotherEncoding_isRefused() {
    assertThatThrownBy(() -> Secret.of("s3cr3t\n".getBytes(StandardCharsets.UTF_16)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("is not UTF-8 text");
    assertThatThrownBy(() -> Secret.of(new byte[] {'s', (byte) 0xe9, 't'}))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("is not UTF-8 text");
    assertThatThrownBy(() -> Secret.of("s3cr3t".getBytes(StandardCharsets.UTF_16LE)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("contains control or invisible characters");
  }

  private static void assertRefused(String content, String why) {
    assertThatThrownBy(() -> Secret.of(bytes(content)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("s3");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
