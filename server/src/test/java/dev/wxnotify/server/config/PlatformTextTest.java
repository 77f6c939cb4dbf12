package dev.wxnotify.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTextTest {
  private static String decoded(String text, String by) {
    return new String(text.getBytes(StandardCharsets.UTF_8), Charset.forName(by));
  }

  @ParameterizedTest
  @ValueSource(strings = {"US-ASCII", "ISO-8859-1", "ISO-8859-15"})
  void utf8_readByAnotherCharset_isDestroyed(String charset) {
    for (String text : List.of("咖啡杯", "京", "é", "a咖b", "😀")) {
      assertThat(PlatformText.isDestroyed(decoded(text, charset), Charset.forName(charset)))
          .as(text)
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"Coffee,US-ASCII", "Café,ISO-8859-1", "咖啡,GBK", "目,GBK", "咖啡,UTF-8", "'',UTF-8"})
  void text_readByItsCharset_isIntact(String text, String charset) {
    assertThat(PlatformText.isDestroyed(text, Charset.forName(charset))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "send --goods-name=\uFFFD\uFFFD,--goods-name ",
    "send --goods-name \uFFFD,--goods-name ",
    "send --a=b \uFFFD,argument 3 ",
    "\uFFFD,argument 1 ",
    "send --\uFFFD=1,argument 2 ",
  })
  void mistake_namesTheOption_andNeverItsValue(String args, String name) {
    assertThat(PlatformText.mistake(List.of(args.split(" "))))
        .hasValueSatisfying(text -> assertThat(text).startsWith(name));
  }

  @Test
  void variables_ofOthers_areNotLookedAt() {
    Mistakes mistakes = new Mistakes();

    PlatformText.check(
        Map.of("PWD", "/home/\uFFFD", "WXNOTIFY_A", "x\uFFFD", "WXNOTIFY_B", "y"), mistakes);

    assertThat(catchThrowableOfType(ConfigurationException.class, mistakes::throwIfAny).mistakes())
        .singleElement()
        .asString()
        .startsWith("WXNOTIFY_A: has text");
  }
}
