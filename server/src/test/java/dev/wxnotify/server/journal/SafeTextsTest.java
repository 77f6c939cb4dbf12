package dev.wxnotify.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that any database takes. */
class SafeTextsTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "中文", "😀", "a😀b", "\u0001\n"})
  void text_thatIsSafe_staysAsItIs(String text) {
    assertThat(SafeTexts.of(text)).isSameAs(text).isEqualTo(text);
  }

  @Test
  void nulsAndHalvesOfPairs_areReplaced() {
    assertThat(SafeTexts.of("a\0b")).isEqualTo("a\ufffdb");
    assertThat(SafeTexts.of("\ud83d")).isEqualTo("\ufffd");
    assertThat(SafeTexts.of("\ude00x")).isEqualTo("\ufffdx");
    assertThat(SafeTexts.of("\ud83d\ud83d\ude00\ude00")).isEqualTo("\ufffd😀\ufffd");
  }

  @Test
  void longText_isCut_butNotInAPair() {
    assertThat(SafeTexts.of("x".repeat(1_025))).hasSize(1_024);
    assertThat(SafeTexts.of("x".repeat(1_023) + "😀")).isEqualTo("x".repeat(1_023));
  }

  @Test
  void errmsg_isCutShorter() {
    WeChatError error =
        SafeTexts.of(new Changes().error(new WeChatError(1, "x".repeat(600), "rid")).make())
            .error();

    assertThat(Objects.requireNonNull(error).errmsg()).hasSize(512);
    assertThat(error.rid()).isEqualTo("rid");
  }
}
