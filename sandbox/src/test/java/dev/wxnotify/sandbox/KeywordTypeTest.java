package dev.wxnotify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeywordTypeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "thing1 | 一二三四五六七八九十一二三四五六七八九十 | true",
        "thing1 | 一二三四五六七八九十一二三四五六七八九十一 | false",
        "thing1 | 吉尔吉斯斯坦进口黑麦列巴(700克/条)*2 | false",
        "thing1 | 😀😀😀😀😀😀😀😀😀😀 | true",
        "thing1 | 😀😀😀😀😀😀😀😀😀😀😀 | false",
        "number1 | 12.50 | true",
        "number1 | 12345678901234567890123456789012 | true",
        "number1 | 123456789012345678901234567890123 | false",
        "number1 | 12a | false",
        "letter1 | abcXYZ | true",
        "letter1 | abc1 | false",
        "symbol1 | +-*/% | true",
        "symbol1 | +-*/%! | false",
        "symbol1 | a | false",
        "character_string1 | SN-2026_0001 | true",
        "character_string1 | 编号1 | false",
        "character_string1 | 123456789012345678901234567890123 | false",
        "time1 | 15:01 | true",
        "time1 | 15:01:59 | true",
        "time1 | 2019年10月1日 15:01 | true",
        "time1 | 2019-12-25 09:42 | true",
        "time1 | 15:01~16:30 | true",
        "time1 | 2019年10月1日 15:01~2019年10月2日 15:01 | true",
        "time1 | 15:01～16:30 | false",
        "time1 | 25:00 | false",
        "time1 | 2019-12-25 | false",
        "time1 | soon | false",
        "date1 | 2019年10月1日 | true",
        "date1 | 2019年10月 | true",
        "date1 | 10月1日 | true",
        "date1 | 2018-01-01 | true",
        "date1 | 2018/01/01 | true",
        "date1 | 2018.01.01 | true",
        "date1 | 2018-01 | true",
        "date1 | 01-01 | true",
        "date1 | 2019年10月1日 15:01 | true",
        "date1 | 2019-10-01~2019-10-07 | true",
        "date1 | 2019-10-01～2019-10-07 | false",
        "date1 | 2020-01-18 16:18:49.0 | false",
        "date1 | 2019-13-01 | false",
        "date1 | 15:01 | false",
        "amount1 | ￥100 | true",
        "amount1 | ¥99.50元 | true",
        "amount1 | 1234567890 | true",
        "amount1 | 12345678901 | false",
        "amount1 | 100块 | false",
        "phone_number1 | +86-0766-66888866 | true",
        "phone_number1 | +86-0766-668888661 | false",
        "phone_number1 | 电话123 | false",
        "car_number1 | 粤A8Z888挂 | true",
        "car_number1 | 粤A8Z8888挂 | false",
        "car_number1 | 粤A粤888 | false",
        "name1 | 欧阳一二三四五六七八 | true",
        "name1 | 欧阳一二三四五六七八九 | false",
        "name1 | Alexander Hamiltons! | true",
        "name1 | 用户410774 | false",
        "phrase1 | 配送中 | true",
        "phrase1 | 正在配送途中 | false",
        "phrase1 | OK | false",
        "short_thing6 | 一二三四五六七八九十一二三四五六七八九十一 | true",
      })
  void accepts_perTable(String keyword, String value, boolean accepted) {
    assertThat(KeywordType.of(keyword).accepts(value)).isEqualTo(accepted);
  }

  @Test
  void accepts_controlCharacter_neverDoes() {
    assertThat(KeywordType.THING.accepts("two\nlines")).isFalse();
    assertThat(KeywordType.CHARACTER_STRING.accepts("a\tb")).isFalse();
  }

  @Test
  void of_name_takesTheWholeRemainder() {
    assertThat(KeywordType.of("short_thing6")).isEqualTo(KeywordType.OTHER);
    assertThat(KeywordType.of("enum_string2")).isEqualTo(KeywordType.ENUM_STRING);
    assertThat(KeywordType.of("thing12")).isEqualTo(KeywordType.THING);
  }
}
