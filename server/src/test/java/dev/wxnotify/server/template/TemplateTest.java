package dev.wxnotify.server.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.Violation;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final Template DEVICE =
      template(
          new Keyword("time1", "时间", List.of(), ""),
          new Keyword("enum_string2", "状态", List.of("运行中", "故障"), ""));

  private static Template template(Keyword... keywords) {
    return new Template("T", "标题", Template.Kind.ONE_TIME, "", "", List.of(keywords));
  }

  @Test
  void check_dataThatFits_hasNothingAgainstIt() {
    assertThat(DEVICE.check(Map.of("time1", "20:00", "enum_string2", "故障"))).isEmpty();
  }

  @Test
  void check_keysThatTheTemplateLacks_pass() {
    assertThat(DEVICE.check(Map.of("time1", "20:00", "enum_string2", "故障", "thing9", "x")))
        .isEmpty();
  }

  @Test
  void check_everythingWrong_isNamedAtOnce_inTheOrderOfTheTemplate() {
    assertThat(DEVICE.check(Map.of("enum_string2", "secret value")))
        .containsExactly(
            new Violation("data[\"time1\"]", "is required by the template"),
            new Violation("data[\"enum_string2\"]", "is not one of the values 运行中, 故障"));
  }

  @Test
  void check_manyValues_showsTheFirstTen() {
    List<String> values = IntStream.rangeClosed(1, 11).mapToObj(i -> "v" + i).toList();

    assertThat(
            template(new Keyword("enum_string1", "", values, ""))
                .check(Map.of("enum_string1", "x")))
        .singleElement()
        .satisfies(violation -> assertThat(violation.description()).endsWith("v9, v10, …"));
  }

  @Test
  void unfitFor_namesTheFirstKeywordThatDiffers() {
    SeckillTemplate seckill = new SeckillTemplate("p", "T", "thing1", "time2", "thing3", "note");
    Keyword thing1 = new Keyword("thing1", "", List.of(), "");
    Keyword time2 = new Keyword("time2", "", List.of(), "");
    Keyword thing3 = new Keyword("thing3", "", List.of(), "");
    Keyword thing4 = new Keyword("thing4", "", List.of(), "");

    assertThat(template(thing1, time2, thing3).unfitFor(seckill)).isEmpty();
    assertThat(template(thing3, time2).unfitFor(seckill)).contains("has no keyword thing1");
    assertThat(template(thing1, time2, thing3, thing4).unfitFor(seckill))
        .contains("has the keyword thing4, which reminders do not fill in");
  }
}
