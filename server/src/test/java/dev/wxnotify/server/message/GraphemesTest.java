package dev.wxnotify.server.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphemesTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "abc, 3",
    "咖啡杯, 3",
    "👨‍👩‍👧‍👦, 1",
    "👨🏽‍👩🏽‍👧🏽‍👦🏽👍, 2",
    "🇨🇳🇭🇰, 2",
    "🇨🇳🇭, 2",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿x, 2",
    "1️⃣2️⃣, 2",
    "e\u0301\u0323x, 2",
    "각각, 2",
    "\u1100\u1161\u11a8\u1100\u1161, 2",
    "क\u094dष, 1",
    "क\u094d\u200dष, 1",
    "क\u093c\u094dष, 1",
    "क\u094d\u200cष, 2",
    "कष, 2",
    "क\u094dष\u094dत, 1",
    "ক\u09cdষা, 1",
    "ക\u0d4dഷ, 1",
    "க\u0bcdஷ, 2" // Tamil has no such rule.
  })
  void count_isWhatAReaderSees(String text, int count) {
    assertThat(Graphemes.count(text)).isEqualTo(count);
  }

  @Test
  void start_isWholeAndNotLonger() {
    assertThat(Graphemes.start("", 3)).isEmpty();
    assertThat(Graphemes.start("abc", 3)).isEqualTo("abc");
    assertThat(Graphemes.start("abcd", 3)).isEqualTo("abc");
    assertThat(Graphemes.start("ab😀", 3)).isEqualTo("ab");
    assertThat(Graphemes.start("👨‍👩‍👧x", 3)).isEqualTo("👨‍👩‍👧");
  }

  /**
   * Random mixtures of difficult characters and of those that JDKs treat differently. The number
   * was the same on JDK 17 and 25; it changes only with a rule.
   */
  @Test
  void start_randomMixtures_areTheSameOnEveryJdk() {
    int[] hard = {
      0x94d, 0x9cd, 0xacd, 0xb4d, 0xc4d, 0xd4d, 0xccd, 0x915, 0x937, 0x995, 0x9bc, 0x93c, 0x941,
      0x93f, 0x903, 0x951, 0x200d, 0x200c, 0x200b, 0xfe0f, 0x20e3, 0x1f468, 0x1f469, 0x1f3fd,
      0x2764, 0x1f1e8, 0x1f1f3, 0xe0067, 0xe007f, 0x1100, 0x1161, 0x11a8, 0xac00, 0xac01, 0x301,
      0x600, 0xad, 0x13, 0x61, 0x4e2d, 0xd800, 0xdc00
    };
    Random random = new Random(7);
    long sum = 17;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder mixture = new StringBuilder();
      for (int k = random.nextInt(8); k >= 0; k--) {
        mixture.appendCodePoint(hard[random.nextInt(hard.length)]);
      }
      String text = mixture.toString();
      for (int most = 1; most <= text.length(); most++) {
        sum = 31 * sum + Graphemes.start(text, most).length();
      }
      sum = 31 * sum + Graphemes.count(text);
    }

    assertThat(sum).isEqualTo(6611099495030648509L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u094d", "क\u094d", "🇨", "👨\u200d", "\u0301", "\u200d", "\ud83d"})
  void count_hundredThousandHostileCharacters_isFast(String part) {
    String text = part.repeat(100_000 / part.length()) + "क";

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThat(List.of(Graphemes.count(text), Graphemes.start(text, 15).length()))
                .allMatch(number -> number > 0));
  }
}
