package dev.wxnotify.server.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SeckillTemplateTest {
  private static final String PAGE = "pages/seckill/index";
  private static final String NOTE = "秒杀活动即将开始,支持一键发布到商店";
  private static final String TIME = "2026-11-11 20:00";

  private final SeckillTemplate template =
      new SeckillTemplate(PAGE, "configured", "thing1", "time2", "thing3", NOTE);

  private static SeckillMessage seckill(
      String templateId, String goodsName, String time, String corpId, String customerId) {
    return new SeckillMessage(
        Samples.OPEN_ID,
        templateId,
        goodsName,
        time,
        corpId,
        customerId,
        MiniProgramState.TRIAL,
        Language.ZH_HK);
  }

  private static SeckillMessage withGoods(String goodsName) {
    return seckill("", goodsName, TIME, "corp", "customer");
  }

  private static SeckillMessage withTime(String time) {
    return seckill("", "goods", time, "corp", "customer");
  }

  private String goodsSent(String goodsName) {
    return template.fill(withGoods(goodsName)).data().getOrDefault("thing1", "");
  }

  private static List<Violation> violations(SeckillTemplate template, SeckillMessage seckill) {
    return catchThrowableOfType(InvalidMessageException.class, () -> template.fill(seckill))
        .violations();
  }

  private List<String> brokenFields(SeckillMessage seckill) {
    return violations(template, seckill).stream().map(Violation::field).toList();
  }

  @Test
  void fill_message_isWhatTheOldServiceSent() {
    assertThat(template.fill(seckill("given", "一件商品", TIME, "c1", "u1")))
        .isEqualTo(
            new SubscribeMessage(
                Samples.OPEN_ID,
                "given",
                "pages/seckill/index?corpId=c1&customerId=u1",
                Map.of("thing1", "一件商品", "time2", TIME, "thing3", NOTE),
                MiniProgramState.TRIAL,
                Language.ZH_HK));
  }

  @Test
  void fill_otherKeywords_areUsed() {
    SeckillTemplate other = new SeckillTemplate(PAGE, "", "thing9", "date8", "thing7", "soon");

    assertThat(other.fill(Samples.seckill("goods")).data())
        .isEqualTo(Map.of("thing9", "goods", "date8", TIME, "thing7", "soon"));
  }

  @Test
  void fill_pageConfiguredWithSlash_isSentWithoutIt() {
    SeckillTemplate slashed = new SeckillTemplate("/p", "", "thing1", "time2", "thing3", NOTE);

    assertThat(slashed.fill(Samples.seckill("goods")).page())
        .isEqualTo("p?corpId=corp&customerId=customer");
  }

  @ParameterizedTest
  @CsvSource({"'', configured", "given, given"})
  void fill_templateOfTheCall_goesBeforeTheConfiguredOne(String given, String sent) {
    assertThat(template.fill(seckill(given, "goods", TIME, "c", "u")).templateId()).isEqualTo(sent);
  }

  @Test
  void fill_noTemplateAtAll_isRefused() {
    SeckillTemplate none = new SeckillTemplate(PAGE, "", "thing1", "time2", "thing3", NOTE);

    assertThat(violations(none, seckill("", "goods", TIME, "c", "u")))
        .containsExactly(new Violation("template_id", "is required: the app has none configured"));
  }

  @ParameterizedTest
  @CsvSource({
    // As long as it may be: 19 units.
    "abcdefghijklmnopqrs, abcdefghijklmnopqrs",
    "一二三四五六七八九十一二三四五六七八九, 一二三四五六七八九十一二三四五六七八九",
    // 20 and 21 units.
    "abcdefghijklmnopqrst, abcdefghijklmno...",
    "一二三四五六七八九十一二三四五六七八九十, 一二三四五六七八九十一二三四五...",
    "abcdefghijklmnopqrstu, abcdefghijklmno...",
    // A pair that ends at the cut stays, one that the cut would halve goes.
    "abcdefghijklm😀pqrstu, abcdefghijklm😀...",
    "abcdefghijklmn😀qrstu, abcdefghijklmn...",
    "abcdefghijklmno😀rstu, abcdefghijklmno...",
    // Units are counted, as the old service did, and not what a reader sees.
    "😀😀😀😀😀😀😀😀😀, 😀😀😀😀😀😀😀😀😀",
    "😀😀😀😀😀😀😀😀😀😀, 😀😀😀😀😀😀😀..."
  })
  void fill_goodsName_isCutAsTheOldServiceDid(String given, String sent) {
    assertThat(goodsSent(given)).isEqualTo(sent);
  }

  @ParameterizedTest
  @CsvSource({
    // A family, of which the cut would leave a joiner or a half.
    "0123456789👨‍👩‍👧‍👦abc, 0123456789...",
    "0123👨‍👩‍👧‍👦456789, 0123👨‍👩‍👧‍👦...",
    // A flag, half of which is another letter; after two of them.
    "0123456789012🇨🇳456, 0123456789012...",
    "0123456🇨🇳🇭🇰🇨🇳456, 0123456🇨🇳🇭🇰...",
    "🇨🇳🇭🇰🇨🇳🇭🇰🇨🇳, 🇨🇳🇭🇰🇨🇳...",
    // The flag of England: a black flag and six tags.
    "01234🏴󠁧󠁢󠁥󠁮󠁧󠁿abcdef, 01234...",
    // Skin tones, presentation selectors, keycaps.
    "012345678901234👍🏽abc, 012345678901234...",
    "0123456789012👍🏽abc, 0123456789012...",
    "01234567890123❤️abcd, 01234567890123...",
    "0123456789012❤️abcde, 0123456789012❤️...",
    "0123456789012#️⃣abcd, 0123456789012...",
    // Marks, Hangul syllables of single letters, Indic conjuncts.
    "01234567890123e\u0301\u0323abc, 01234567890123...",
    "0123456789012\u1100\u1161\u11a8abcd, 0123456789012...",
    "01234567890123क\u094dषabc, 01234567890123...",
    "012345678901क\u094dषabcde, 012345678901क\u094dष...",
    // Longer than the cut, and still one character.
    "👨🏽‍👩🏽‍👧🏽‍👦🏽abcd, 👨🏽‍👩🏽‍👧🏽‍👦🏽..."
  })
  void fill_goodsName_isNeverCutInsideACharacter(String given, String sent) {
    assertThat(goodsSent(given)).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00a0", "\u200b", "\ufeff", "\u3000\u200b", "\u3164", "\u200d\ufe0f"})
  void fill_textsOfBlanksOnly_areRefused(String blank) {
    assertThat(brokenFields(seckill("", blank, TIME, blank, blank)))
        .containsExactly("goods_name", "corp_id", "customer_id");
  }

  @Test
  void fill_goodsNameOfTheLongestLength_isCut() {
    assertThat(goodsSent("物".repeat(1024))).isEqualTo("物".repeat(15) + "...");
  }

  @Test
  void fill_goodsNameBeyondTheLongestLength_isRefused() {
    assertThat(violations(template, withGoods("物".repeat(1025))))
        .containsExactly(new Violation("goods_name", "has 1025 characters (at most 1024)"));
  }

  @Test
  void fill_controlCharactersInGoodsName_becomeBlanks() {
    assertThat(goodsSent("a\nb\tc\u0000d\u0085e")).isEqualTo("a b c d e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", " \t\u3000", "\u0000", "\u0001 \u0085"})
  void fill_goodsNameThatShowsNothing_isRefused(String goodsName) {
    assertThat(violations(template, withGoods(goodsName)))
        .containsExactly(new Violation("goods_name", "is required"));
  }

  @ParameterizedTest
  @CsvSource({
    "a&b=c, a%26b%3Dc",
    "100%, 100%25",
    "a?b#c/d+e, a%3Fb%23c%2Fd%2Be",
    "商户, %E5%95%86%E6%88%B7",
    "😀, %F0%9F%98%80",
    "'é\"<>', %C3%A9%22%3C%3E",
    "A-z_0.9, A-z_0.9"
  })
  void fill_idsInPage_areEncodedAsUriComponents(String id, String encoded) {
    assertThat(template.fill(seckill("", "goods", TIME, id, id)).page())
        .isEqualTo(PAGE + "?corpId=" + encoded + "&customerId=" + encoded);
  }

  @Test
  void fill_idsThatEncodeBeyondTheLongestPage_areRefusedByTheirOwnNames() {
    SeckillMessage seckill = seckill("", "goods", TIME, "商".repeat(60), "户".repeat(60));

    assertThat(brokenFields(seckill)).containsExactly("corp_id", "customer_id");
  }

  @Test
  void fill_manyMistakes_namesAllOfThemAtOnce() {
    SeckillMessage seckill =
        new SeckillMessage(
            "", "t t", "", "soon", "", "u".repeat(129), MiniProgramState.FORMAL, Language.ZH_CN);

    assertThat(brokenFields(seckill))
        .containsExactly("open_id", "template_id", "goods_name", "time", "corp_id", "customer_id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"15:01", "2019年10月1日 15:01", "2019年10月1日", "2026/11/11", "20:00~22:00"})
  void fill_timeInAFormOfWeChat_isSentAsItIs(String time) {
    assertThat(template.fill(withTime(time)).data()).containsEntry("time2", time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2026-11-11T20:00:00Z", "20:00～22:00", "20:00\n"})
  void fill_timeInNoFormOfWeChat_isRefused(String time) {
    assertThat(brokenFields(withTime(time))).containsExactly("time");
  }

  @Test
  void toString_seckillMessage_holdsNeitherOpenIdNorCustomer() {
    assertThat(Samples.seckill("goods")).hasToString("SeckillMessage[" + Samples.TEMPLATE_ID + "]");
  }

  @ParameterizedTest
  @CsvSource({"thing1, goods_name", "time2, time"})
  void keywordThatWeChatNames_isTheFieldThatFilledIt(String keyword, String field) {
    assertThat(Samples.SECKILL_TEMPLATE.inCallersTerms(Violation.ofKeyword(keyword, "invalid")))
        .isEqualTo(new Violation(field, "invalid"));
  }

  @Test
  void noteThatWeChatNames_isNoFieldOfTheCallers() {
    Violation note = Violation.ofKeyword("thing3", "invalid");

    assertThat(Samples.SECKILL_TEMPLATE.inCallersTerms(note)).isEqualTo(note);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\t", "\t1", "a\nb", "a\u0000", "a\u007F", "a\u0085", "a\r\n"})
  void ids_withControlCharacters_areRefusedByField(String id) {
    assertThat(brokenFields(seckill("", "goods", TIME, id, "1"))).containsExactly("corp_id");
    assertThat(brokenFields(seckill("", "goods", TIME, "1", id))).containsExactly("customer_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " 1",
        "1 ",
        "1\u00a0",
        "\u200b1",
        "1\ufeff",
        "a\u2028b",
        "a\u202eb",
        "1\u3164",
        "a\u00a0b",
        "1\u2800"
      })
  void ids_withInvisibleCharacters_areRefusedByField(String id) {
    assertThat(brokenFields(seckill("", "goods", TIME, id, "1"))).containsExactly("corp_id");
    assertThat(brokenFields(seckill("", "goods", TIME, "1", id))).containsExactly("customer_id");
  }

  @Test
  void ids_withSpacesInside_areSent() {
    assertThat(template.fill(seckill("", "goods", TIME, "a b", "c  d")).page())
        .isEqualTo(PAGE + "?corpId=a%20b&customerId=c%20%20d");
  }
}
