package dev.wxnotify.server.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SubscribeMessageTest {
  private static final Map<String, String> DATA = Map.of("thing1", "一件商品");

  private static SubscribeMessage message(
      String openId, String templateId, String page, Map<String, String> data) {
    return new SubscribeMessage(
        openId, templateId, page, data, MiniProgramState.FORMAL, Language.ZH_CN);
  }

  private static SubscribeMessage withPage(String page) {
    return message(Samples.OPEN_ID, Samples.TEMPLATE_ID, page, DATA);
  }

  private static SubscribeMessage withData(Map<String, String> data) {
    return message(Samples.OPEN_ID, Samples.TEMPLATE_ID, "", data);
  }

  private static List<Violation> violations(Runnable creation) {
    return catchThrowableOfType(InvalidMessageException.class, creation::run).violations();
  }

  private static List<String> brokenFields(Runnable creation) {
    return violations(creation).stream().map(Violation::field).toList();
  }

  @Test
  void create_documentedExample_isTaken() {
    Map<String, String> data =
        Map.of("phrase3", "审核通过", "name1", "订阅", "date2", "2019-12-25 09:42");

    assertThat(message("OPENID", "TEMPLATE_ID", "index", data).data()).isEqualTo(data);
  }

  @Test
  void create_manyMistakes_namesAllOfThemAtOnce() {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("thing1", "物".repeat(21));
    data.put("number2", "ten");
    data.put("thing3.DATA", "x");
    data.put("thing4", "");
    data.put("thing5", "two\nlines");
    data.put("", "x");
    data.put("thing6", "fine");

    assertThat(brokenFields(() -> message("", "has blank", "p".repeat(1025), data)))
        .containsExactly(
            "open_id",
            "template_id",
            "page",
            "data[\"thing1\"]",
            "data[\"number2\"]",
            "data[\"thing3.DATA\"]",
            "data[\"thing4\"]",
            "data[\"thing5\"]",
            "data");
  }

  @Test
  void create_wrongValue_messageNamesTheRuleAndNotTheValue() {
    InvalidMessageException e =
        catchThrowableOfType(
            InvalidMessageException.class, () -> withData(Map.of("number2", "secret")));

    assertThat(e)
        .hasMessage("data[\"number2\"]: must be a number of at most 32 digits, decimals allowed");
  }

  @ParameterizedTest
  @CsvSource({"pages/index, pages/index", "/pages/index, pages/index", "'', ''", "/, ''"})
  void create_pageWithLeadingSlash_losesIt(String given, String kept) {
    assertThat(withPage(given).page()).isEqualTo(kept);
  }

  @Test
  void create_pageOfTheLongestLength_isTakenWithOrWithoutItsSlash() {
    assertThat(withPage("p".repeat(1024)).page()).hasSize(1024);
    assertThat(withPage("/" + "p".repeat(1024)).page()).hasSize(1024);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pages/a b", "pages/a\n", "\tpages", "pages\u0000", "pages/\u3000a"})
  void create_pageWithBlankOrControl_isRefused(String page) {
    assertThat(brokenFields(() -> withPage(page))).containsExactly("page");
  }

  /** What a person does not see between two characters, or instead of any. */
  private static Stream<String> blanks() {
    return Stream.of(
        " ",
        "\u00a0",
        "\u1680",
        "\u2003",
        "\u2007",
        "\u202f",
        "\u205f",
        "\u3000",
        "\u2028",
        "\u00ad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u202e",
        "\u2060",
        "\u2063",
        "\u2069",
        "\u3164",
        "\ufe0f",
        "\ufeff",
        "\uffa0",
        "\udb40\udc41", // A tag.
        "\udb40\udd00"); // A variation selector of the supplement.
  }

  @ParameterizedTest
  @MethodSource("blanks")
  void create_identifierWithABlankOfAnyKind_isRefused(String blank) {
    for (String id : List.of(blank, blank + "oABC", "oABC" + blank, "oA" + blank + "BC")) {
      assertThat(brokenFields(() -> message(id, id, "", DATA)))
          .containsExactly("open_id", "template_id");
    }
    assertThat(brokenFields(() -> withPage("pages/" + blank))).containsExactly("page");
    assertThat(brokenFields(() -> withData(Map.of("thing1" + blank, "x")))).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("blanks")
  void create_valueOfBlanksOnly_isRefused(String blank) {
    for (String value : List.of(blank, blank + blank, " " + blank, blank + "\u200b\u3000")) {
      for (String keyword : List.of("thing1", "symbol1", "character_string1", "unruly1")) {
        assertThat(violations(() -> withData(Map.of(keyword, value))))
            .containsExactly(
                new Violation(
                    "data[\"" + keyword + "\"]",
                    "has nothing but white space or invisible characters"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "👨‍👩‍👧",
        "❤️",
        "1️⃣",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "a b",
        "咖啡\u3000杯",
        "10\u00a0kg",
        "نیم‌فاصله",
        "👍🏽 好"
      })
  void create_blanksInsideAText_areTaken(String value) {
    assertThat(withData(Map.of("thing1", value)).data()).containsValue(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pages/a?name=❤️", "pages/a?name=👨‍👩‍👧", "pages/商品?名=一"})
  void create_pageWithEmoji_isTaken(String page) {
    assertThat(withPage(page).page()).isEqualTo(page);
  }

  @Test
  void create_idsOfTheLongestLength_areTaken() {
    String longest = "x".repeat(128);

    assertThat(message(longest, longest, "", DATA).openId()).hasSize(128);
  }

  @Test
  void create_idsBeyondTheLongestLength_areRefused() {
    String tooLong = "x".repeat(129);

    assertThat(violations(() -> message(tooLong, tooLong, "", DATA)))
        .containsExactly(
            new Violation("open_id", "has 129 characters (at most 128)"),
            new Violation("template_id", "has 129 characters (at most 128)"));
  }

  @Test
  void create_noData_isRefused() {
    assertThat(violations(() -> withData(Map.of())))
        .containsExactly(new Violation("data", "is required"));
  }

  @Test
  void create_asManyEntriesAsAllowed_isTaken() {
    assertThat(withData(entries(64)).data()).hasSize(64);
  }

  @Test
  void create_tooManyEntries_isOneViolationAndNotOneEach() {
    assertThat(violations(() -> withData(entries(100_000))))
        .containsExactly(new Violation("data", "has 100000 entries (at most 64)"));
  }

  private static Map<String, String> entries(int count) {
    Map<String, String> data = new HashMap<>();
    for (int i = 0; i < count; i++) {
      data.put("unruly" + i, "");
    }
    data.replaceAll((keyword, value) -> "x");
    return data;
  }

  @Test
  void create_keywordBeyondTheLongestLength_isRefusedWithoutRepeatingIt() {
    assertThat(violations(() -> withData(Map.of("k".repeat(129), "x"))))
        .containsExactly(new Violation("data", "has a keyword of 129 characters (1 to 128)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "a\r\nb", "\u0000", "\u001b[31m", "a\u007f", "a\u0085b", "\t"})
  void create_controlCharacterInAnyValue_isRefused(String value) {
    assertThat(brokenFields(() -> withData(Map.of("unruly1", value))))
        .containsExactly("data[\"unruly1\"]");
  }

  @ParameterizedTest
  @CsvSource({"short_thing6", "enum_string2", "unheard_of1"})
  void create_keywordWithoutRule_takesAnyValue(String keyword) {
    assertThat(withData(Map.of(keyword, "x".repeat(1000))).data()).containsKey(keyword);
  }

  @Test
  void create_data_keepsItsOrder() {
    Map<String, String> data = new LinkedHashMap<>();
    for (int i = 20; i > 0; i--) {
      data.put("thing" + i, "x");
    }

    assertThat(withData(data).data().keySet()).containsExactlyElementsOf(data.keySet());
  }

  @Test
  void data_originalChangedLater_staysAsItWasChecked() {
    Map<String, String> data = new HashMap<>(DATA);
    SubscribeMessage message = withData(data);

    data.put("thing1", "");

    assertThat(message.data()).isEqualTo(DATA).isUnmodifiable();
  }

  @Test
  void toString_anyMessage_holdsNeitherOpenIdNorData() {
    assertThat(Samples.message()).hasToString("SubscribeMessage[" + Samples.TEMPLATE_ID + "]");
  }
}
