package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TextsTest {
  private final Texts texts = new Texts(TextsTest.class, "sample");

  @Test
  void texts_haveTheSameKeysAndPlacesInAllLanguages() {
    assertThat(texts.faults()).isEmpty();
  }

  @Test
  void texts_ofTheScript_areThere() {
    for (Language language : Language.values()) {
      assertThat(ScriptTexts.json(texts.in(language))).startsWith("{\"close\":\"");
    }
  }

  @Test
  void faults_areFound() {
    assertThat(
            TextFaults.find(
                Map.of(
                    Language.EN,
                    Map.of("a", "x", "b", "{0} {1}", "c", "{name}", "d", "d"),
                    Language.ZH_CN,
                    Map.of("b", "{1}", "c", "{name}", "d", " ", "e", "x"))))
        .containsExactlyInAnyOrder(
            "a is missing in zh-CN",
            "b has different places for values: [[0, 1], [1]]",
            "c has a place {name}",
            "d is empty in zh-CN",
            "e is missing in en");
  }

  @Test
  void text_takesValues() {
    Texts.Words words = texts.in(Language.EN);

    assertThat(words.get("web.time.ago.minutes", 7)).isEqualTo("7 min ago");
    assertThat(words.get("web.failed", "{0} '{1}' $1 \\")).endsWith(": {0} '{1}' $1 \\");
    assertThat(texts.in(Language.ZH_CN).get("site.name")).isEqualTo("wxnotify 示例");
  }

  @Test
  void text_thatIsMissing_isAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> texts.in(Language.EN).get("no.such"))
        .withMessageContaining("no.such");
    assertThat(texts.in(Language.EN).getOr("no.such", "other")).isEqualTo("other");
  }

  @Test
  void files_thatAreMissing_areAnError() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new Texts(TextsTest.class, "none").in(Language.EN));
  }
}
