package dev.wxnotify.server.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateTextTest {
  private static Keyword keyword(String key, String label, String example) {
    return new Keyword(key, label, List.of(), example);
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        argumentSet(
            "WeChat's own example",
            "会议时间:{{date2.DATA}}\n会议地点:{{thing1.DATA}}\n",
            "会议时间:2016年8月8日\n会议地点:TIT会议室\n",
            List.of(keyword("date2", "会议时间", "2016年8月8日"), keyword("thing1", "会议地点", "TIT会议室"))),
        argumentSet(
            "full-width colons",
            "时间：{{time1.DATA}}\n地点：{{thing2.DATA}}",
            "时间：20:00\n地点：上海：浦东",
            List.of(keyword("time1", "时间", "20:00"), keyword("thing2", "地点", "上海：浦东"))),
        argumentSet(
            "a full-width colon in one text only",
            "时间：{{time1.DATA}}\n地点：{{thing2.DATA}}",
            "时间:20:00\n地点:上海",
            List.of(keyword("time1", "时间", "20:00"), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "blanks in the braces and around",
            " 时间 : {{ time1.DATA }} \r\n 地点 :{{thing2 . DATA}}\r\n",
            " 时间 : 20:00 \r\n 地点 :上海\r\n",
            List.of(keyword("time1", "时间", "20:00"), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "no colon, and no suffix",
            "时间{{time1}}\n地点{{thing2.data}}\n",
            "时间20:00\n地点上海\n",
            List.of(keyword("time1", "时间", "20:00"), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "no label",
            "{{thing1.DATA}}\n{{thing2.DATA}}",
            "甲\n乙",
            List.of(keyword("thing1", "", "甲"), keyword("thing2", "", "乙"))),
        argumentSet(
            "the label on a line of its own",
            "时间:\n{{time1.DATA}}\n\n地点\n{{thing2.DATA}}",
            "时间:\n20:00\n\n地点\n上海",
            List.of(keyword("time1", "时间", "20:00"), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "several in a line, with units",
            "金额:{{amount1.DATA}}元 数量:{{number2.DATA}}件\n地点:{{thing3.DATA}}",
            "金额:8元 数量:2件\n地点:上海",
            List.of(
                keyword("amount1", "金额", "8"),
                keyword("number2", "元 数量", "2"),
                keyword("thing3", "地点", "上海"))),
        argumentSet(
            "a heading and an end",
            "您好\n订单:{{character_string1.DATA}}\n谢谢",
            "您好\n订单:A-1\n谢谢",
            List.of(keyword("character_string1", "订单", "A-1"))),
        argumentSet(
            "a value of several lines",
            "备注:{{thing1.DATA}}\n地点:{{thing2.DATA}}",
            "备注:甲\n乙\n地点:上海",
            List.of(keyword("thing1", "备注", "甲\n乙"), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "an example in another form",
            "时间: {{time1.DATA}}\n地点: {{thing2.DATA}}",
            "地点:上海",
            List.of(keyword("time1", "时间", ""), keyword("thing2", "地点", "上海"))),
        argumentSet(
            "no example",
            "时间:{{time1.DATA}}\n地点:{{thing2.DATA}}",
            "",
            List.of(keyword("time1", "时间", ""), keyword("thing2", "地点", ""))),
        argumentSet(
            "a key twice",
            "时间:{{time1.DATA}}\n又:{{time1.DATA}}",
            "时间:20:00\n又:21:00",
            List.of(keyword("time1", "时间", "20:00"))),
        argumentSet(
            "keywords side by side",
            "{{thing1.DATA}}{{thing2.DATA}}",
            "甲乙",
            List.of(keyword("thing1", "", "甲乙"), keyword("thing2", "", ""))),
        argumentSet(
            "broken braces",
            "a:{{}}\nb:{{.DATA}}\nc:{thing1.DATA}\nd:{{thing 2.DATA}}\ne:{{thing3.DATA",
            "x",
            List.of()),
        argumentSet("nothing", "", "", List.of()),
        argumentSet("no keyword", "hello", "hello", List.of()));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void keywords_ofOddTexts_areReadAsFarAsPossible(
      String content, String example, List<Keyword> keywords) {
    assertThat(TemplateText.keywords(content, example, Map.of())).isEqualTo(keywords);
  }

  @Test
  void enumValues_belongToTheirKeyword_andThoseOfOthersAreIgnored() {
    List<Keyword> keywords =
        TemplateText.keywords(
            "状态:{{enum_string1.DATA}}\n地点:{{thing2.DATA}}",
            "状态:开\n地点:上海",
            Map.of("enum_string1", List.of("开", "关"), "enum_string9", List.of("x")));

    assertThat(keywords)
        .containsExactly(
            new Keyword("enum_string1", "状态", List.of("开", "关"), "开"),
            keyword("thing2", "地点", "上海"));
  }

  @Test
  void keywords_ofALongText_areReadInNoTime() {
    String content = "{{".repeat(100_000) + ":".repeat(100_000) + "{{thing1.DATA}}";

    assertThat(TemplateText.keywords(content, "x".repeat(100_000), Map.of()))
        .extracting(Keyword::key)
        .containsExactly("thing1");
  }

  @ParameterizedTest
  @CsvSource({
    "thing1,thing",
    "short_thing12,short_thing",
    "enum_string2,enum_string",
    "thing,thing",
    "7,''"
  })
  void type_isTheKeyWithoutItsNumber(String key, String type) {
    assertThat(keyword(key, "", "").type()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({
    "thing1,thing1",
    "thing1.DATA,thing1",
    "' thing1.data ',thing1",
    ".DATA,.DATA",
    "'',''"
  })
  void keyOf_takesBothForms(String written, String key) {
    assertThat(Keyword.keyOf(written)).isEqualTo(key);
  }
}
