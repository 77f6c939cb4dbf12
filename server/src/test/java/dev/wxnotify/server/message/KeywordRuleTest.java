package dev.wxnotify.server.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The official table of value rules, and observations beyond it. */
final class KeywordRuleTest {
  private static final String FAMILY = "👨‍👩‍👧‍👦";
  private static final String FLAG = "🇨🇳";
  private static final String THUMB_WITH_SKIN = "👍🏽";
  private static final String E_WITH_TWO_ACCENTS = "e\u0301\u0323";

  private static Stream<Arguments> valuesThatAreTaken() {
    return Stream.of(
            values(
                KeywordRule.THING,
                "秒杀活动即将开始,支持一键发布到商店",
                "iPhone 15 (256 GB)",
                "x",
                " ",
                "物".repeat(19),
                "物".repeat(20),
                "😀".repeat(20),
                FAMILY.repeat(20),
                FLAG.repeat(20),
                THUMB_WITH_SKIN.repeat(20),
                E_WITH_TWO_ACCENTS.repeat(20)),
            values(
                KeywordRule.NUMBER,
                "0",
                "42",
                "3.14",
                "007",
                "-1",
                "1".repeat(31),
                "1".repeat(32),
                "1".repeat(16) + "." + "1".repeat(16)),
            values(KeywordRule.LETTER, "a", "Z", "a".repeat(31), "aZ".repeat(16)),
            values(KeywordRule.SYMBOL, "!", "@#$%", "@#$%&", "￥", "，。！？、", "😀".repeat(5)),
            values(
                KeywordRule.CHARACTER_STRING,
                "SF1234567890",
                "No. 2019-10/01 (A)",
                "#",
                "x".repeat(31),
                "x".repeat(32)),
            values(
                KeywordRule.AMOUNT,
                "￥100",
                "¥1,234.50元",
                "100元",
                "100",
                "0.01",
                "$99.9",
                "€5",
                "-12.50",
                "￥999999999",
                "￥1234567890",
                "￥1234567890.99元"),
            values(
                KeywordRule.PHONE_NUMBER,
                "+86-0766-66888866",
                "13800138000",
                "(020) 8888-8888",
                "1".repeat(16),
                "1".repeat(17)),
            values(
                KeywordRule.CAR_NUMBER,
                "粤A8Z888挂",
                "粤A8Z888",
                "京A12345",
                "粤BD12345",
                "ABC123",
                "A",
                "粤",
                "A1234567"),
            values(
                KeywordRule.NAME,
                "张三",
                "买买提·吐尔逊",
                "Ada",
                "O'Brien-Smith",
                "张".repeat(9),
                "张".repeat(10),
                "张" + "a".repeat(9),
                "a".repeat(19),
                "a".repeat(20)),
            values(KeywordRule.PHRASE, "配送中", "审核通过", "好", "已", "一二三四", "一二三四五"))
        .flatMap(rows -> rows);
  }

  private static Stream<Arguments> valuesThatAreRefused() {
    return Stream.of(
            values(
                KeywordRule.THING,
                "物".repeat(21),
                "吉尔吉斯斯坦进口黑麦列巴(700克/条)*2", // WeChat was seen to reject it.
                "😀".repeat(21),
                FAMILY.repeat(21),
                FLAG.repeat(21),
                E_WITH_TWO_ACCENTS.repeat(21)),
            values(
                KeywordRule.NUMBER,
                "1".repeat(33),
                "1".repeat(16) + "." + "1".repeat(17),
                "1,000",
                "1.",
                ".5",
                "1.2.3",
                "1e3",
                "12个",
                " 1",
                "１２",
                "-",
                ""),
            values(KeywordRule.LETTER, "a".repeat(33), "ab1", "a b", "é", "字", ""),
            values(KeywordRule.SYMBOL, "@#$%&*", "a", "!1", "字", "😀".repeat(6)),
            values(KeywordRule.CHARACTER_STRING, "x".repeat(33), "订单1", "〇"),
            values(
                KeywordRule.AMOUNT,
                "￥12345678901",
                "￥￥100",
                "100.",
                "￥",
                "元",
                "￥100元元",
                "一百元",
                "100块",
                "1.2.3",
                "￥ 100",
                ""),
            values(KeywordRule.PHONE_NUMBER, "1".repeat(18), "138a", "电话138"),
            values(
                KeywordRule.CAR_NUMBER,
                "粤A8Z8888挂",
                "A12345678",
                "A粤12345",
                "粤A·12345",
                "粤A 1234",
                ""),
            values(
                KeywordRule.NAME,
                "用户410774", // WeChat was seen to reject it.
                "张".repeat(11),
                "张" + "a".repeat(10),
                "a".repeat(21),
                "R2D2",
                "王５"),
            values(KeywordRule.PHRASE, "一二三四五六", "OK", "好!", "好 的", "第1名", "中。"))
        .flatMap(rows -> rows);
  }

  private static Stream<String> moments() {
    return Stream.of(
        "15:01",
        "15:01:59",
        "00:00",
        "0:00",
        "9:05",
        "23:59",
        "24:00",
        "2019年10月1日 15:01",
        "2019年10月1日 15:01:30",
        "2019年10月1日15:01",
        "2019年10月1日",
        "2019年10月01日",
        "2019年1月1日",
        "2019年01月01日 09:05",
        "2019年1月",
        "2019年10月",
        "10月1日",
        "1月1日",
        "01月01日 9:05",
        "2018-01-01",
        "2018/01/01",
        "2018.01.01",
        "2018-1-1",
        "2018/1/1",
        "2018.1.1",
        "2018-01",
        "2018/01",
        "2018.1",
        "01-01",
        "1/1",
        "12.31",
        "2019-12-25 09:42",
        "2019-12-25 9:42",
        "2019/12/25 09:42:00",
        "09:00~18:00",
        "09:00 ~ 18:00",
        "2019年10月1日~2019年10月7日",
        "2019年10月1日 15:01~2019年10月1日 16:01",
        "2019年10月1日 15:01~16:01",
        "2018-01-01~2018-01-31",
        "2024-02-29",
        "2000.2.29",
        "2024年2月29日 24:00",
        "2月29日",
        "02-29",
        "2/29 09:00",
        "2026-04-30",
        "2026/12/31",
        "2019-12-259:42",
        "2026-2-312:30", // The third, half past twelve.
        "12.31~1.1",
        "2018-01-01 ~ 2018/01/31",
        "2018/01/01 09:00:00 ~ 2018/01/02 18:00:00",
        "2018年1月~2018-03-04",
        "01-01~01-07");
  }

  private static Stream<String> noMoments() {
    return Stream.of(
        "09:00～18:00", // Full-width: WeChat was seen to reject it.
        "2019年10月1日～2019年10月7日",
        "2020-01-18 16:18:49.0", // Timestamp.toString.
        "2019-12-25T09:42:00Z",
        "2018-01/01",
        "2018.01-01",
        "2018-01-01~2018-01/02",
        "2018-01/01~2018-01-02",
        "2026-02-30",
        "2026-02-29",
        "1900-02-29",
        "2100/2/29",
        "2026-04-31",
        "2026.11.31",
        "2026-13-01",
        "2026-00-10",
        "2026-10-00",
        "2026-10-32",
        "2026-13",
        "2026-0",
        "2026年2月29日",
        "2026年2月30日 20:00",
        "2026年13月",
        "2026年13月1日",
        "2026年9月31日",
        "2月30日",
        "4月31日",
        "13月1日",
        "0月1日",
        "02-30",
        "13/01",
        "31/12",
        "4.31",
        "2026-01-01~2026-02-30",
        "2026-02-30~2026-03-01",
        "20:00~2026-02-30",
        "24:01",
        "24:00:01",
        "25:61",
        "25:00",
        "12:60",
        "12:00:60",
        "12",
        "12:0",
        "3:00 PM",
        "下午3点",
        "15：01",
        "20191001",
        "2019年",
        "10月",
        "2019年10月1",
        "19-10-01",
        "2019-100-01",
        "2019年10月1日 ",
        " 2019年10月1日",
        "15:01~",
        "~15:01",
        "15:01~16:01~17:01",
        "15:01-16:01",
        "明天",
        "１５:０１",
        "");
  }

  private static Stream<Arguments> values(KeywordRule rule, String... values) {
    return Arrays.stream(values).map(value -> Arguments.of(rule, value));
  }

  @ParameterizedTest
  @MethodSource("valuesThatAreTaken")
  void check_documentedValue_isTaken(KeywordRule rule, String value) {
    assertThat(rule.check(value)).isNull();
  }

  @ParameterizedTest
  @MethodSource("valuesThatAreRefused")
  void check_valueBeyondTheRule_isRefused(KeywordRule rule, String value) {
    assertThat(rule.check(value)).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("moments")
  void check_momentInOneOfTheForms_isTakenAsTimeAndAsDate(String value) {
    assertThat(KeywordRule.TIME.check(value)).isNull();
    assertThat(KeywordRule.DATE.check(value)).isNull();
  }

  @ParameterizedTest
  @MethodSource("noMoments")
  void check_momentInAnotherForm_isRefusedAsTimeAndAsDate(String value) {
    assertThat(KeywordRule.TIME.check(value)).isNotBlank();
    assertThat(KeywordRule.DATE.check(value)).isNotBlank();
  }

  @Test
  void check_tooLong_countsWhatAReaderSees() {
    assertThat(KeywordRule.THING.check(FAMILY.repeat(21)))
        .isEqualTo("has 21 characters (at most 20)");
  }

  @ParameterizedTest
  @MethodSource("valuesThatAreRefused")
  void check_valueBeyondTheRule_isNotRepeated(KeywordRule rule, String value) {
    // One character may occur in a sentence by chance.
    if (value.length() > 3) {
      assertThat(rule.check(value)).doesNotContain(value);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "thing1, THING",
    "thing23, THING",
    "thing, THING",
    "number2, NUMBER",
    "letter3, LETTER",
    "symbol4, SYMBOL",
    "character_string10, CHARACTER_STRING",
    "time5, TIME",
    "date6, DATE",
    "amount7, AMOUNT",
    "phone_number8, PHONE_NUMBER",
    "car_number9, CAR_NUMBER",
    "name10, NAME",
    "phrase11, PHRASE"
  })
  void of_documentedType_isItsRule(String keyword, KeywordRule expected) {
    assertThat(KeywordRule.of(keyword)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short_thing6",
        "enum_string2",
        "enum2",
        "Thing1",
        "thing1a",
        "thing_1",
        "1thing",
        "my_number1",
        "things1",
        "thin1",
        "12",
        "",
        "thing１"
      })
  void of_otherName_hasNoRule(String keyword) {
    assertThat(KeywordRule.of(keyword)).isNull();
  }

  private static final int HOSTILE_LENGTH = 100_000;

  private static Stream<String> hostileParts() {
    return Set.of(
        "1",
        "1,",
        "1.",
        "12:",
        "1-",
        "2019-",
        "2019年1月1日",
        " ",
        "~",
        " ~ ",
        "a",
        "A粤",
        "粤",
        "-",
        "¥",
        "\u0301",
        "\u200d",
        "👨\u200d",
        "🇨",
        "😀",
        "\ud83d",
        "각")
        .stream();
  }

  /** The time is bounded, not measured: a pattern that backtracks here takes hours. */
  @ParameterizedTest
  @MethodSource("hostileParts")
  void check_hundredThousandHostileCharacters_isFast(String part) {
    String tail = part.repeat(HOSTILE_LENGTH / part.length());
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (KeywordRule rule : KeywordRule.values()) {
            for (String head : new String[] {"", "1", "¥1", "2019年1月1日", "2019-01-01 12:00"}) {
              assertThat(rule.check(head + tail + "!x")).isNotEqualTo("");
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(KeywordRule.class)
  void check_hundredThousandDigits_isRefused(KeywordRule rule) {
    assertThat(rule.check("1".repeat(HOSTILE_LENGTH))).isNotBlank();
  }
}
