package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SubscribeMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FingerprintTest {
  private static final Map<String, String> DATA = Map.of("thing1", "x", "thing2", "y");

  private static SubscribeMessage message(
      String openId, String templateId, String page, Map<String, String> data) {
    return new SubscribeMessage(
        openId, templateId, page, data, MiniProgramState.FORMAL, Language.ZH_CN);
  }

  private static String withData(Map<String, String> data) {
    return Fingerprint.of("app", message("o", "t", "p", data));
  }

  @Test
  void of_sameMessage_isTheSame() {
    assertThat(Fingerprint.of("app", message("o", "t", "p", DATA)))
        .isEqualTo(Fingerprint.of("app", message("o", "t", "p", Map.copyOf(DATA))))
        .matches("[0-9a-f]{32}");
  }

  @Test
  void of_dataInAnotherOrder_isTheSame() {
    Map<String, String> forwards = new LinkedHashMap<>();
    forwards.put("thing1", "x");
    forwards.put("thing2", "y");
    Map<String, String> backwards = new LinkedHashMap<>();
    backwards.put("thing2", "y");
    backwards.put("thing1", "x");

    assertThat(withData(forwards)).isEqualTo(withData(backwards));
  }

  @Test
  void of_pageWithAndWithoutItsSlash_isTheSame() {
    assertThat(Fingerprint.of("app", message("o", "t", "/p", DATA)))
        .isEqualTo(Fingerprint.of("app", message("o", "t", "p", DATA)));
  }

  @Test
  void of_anyDifference_isAnother() {
    Stream<String> fingerprints =
        Stream.of(
            Fingerprint.of("app", message("o", "t", "p", DATA)),
            Fingerprint.of("app2", message("o", "t", "p", DATA)),
            Fingerprint.of("app", message("o2", "t", "p", DATA)),
            Fingerprint.of("app", message("o", "t2", "p", DATA)),
            Fingerprint.of("app", message("o", "t", "p2", DATA)),
            Fingerprint.of("app", message("o", "t", "", DATA)),
            Fingerprint.of(
                "app",
                new SubscribeMessage("o", "t", "p", DATA, MiniProgramState.TRIAL, Language.ZH_CN)),
            Fingerprint.of(
                "app",
                new SubscribeMessage("o", "t", "p", DATA, MiniProgramState.FORMAL, Language.EN_US)),
            withData(Map.of("thing1", "x")),
            withData(Map.of("thing1", "y", "thing2", "x")),
            withData(Map.of("thing1", "x", "thing2", "y", "thing3", "z")));

    assertThat(fingerprints).doesNotHaveDuplicates();
  }

  @Test
  void of_textMovedOverABoundary_isAnother() {
    Stream<String> fingerprints =
        Stream.of(
            Fingerprint.of("ab", message("c", "t", "p", DATA)),
            Fingerprint.of("a", message("bc", "t", "p", DATA)),
            Fingerprint.of("app", message("c", "tp", "", DATA)),
            Fingerprint.of("app", message("c", "t", "p", DATA)),
            withData(Map.of("a", "bc")),
            withData(Map.of("ab", "c")),
            withData(Map.of("a", "b", "c", "d")),
            withData(Map.of("a", "bcd")));

    assertThat(fingerprints).doesNotHaveDuplicates();
  }
}
