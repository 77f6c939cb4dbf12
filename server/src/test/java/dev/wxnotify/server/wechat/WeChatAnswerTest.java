package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wxnotify.server.delivery.WeChatError;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeChatAnswerTest {
  private static final String RID = "5f4a019e-2d30aec9-1952de67";

  @Test
  void read_everyField_isKept() {
    assertThat(
            WeChatAnswer.read(
                ("{\"errcode\":0,\"errmsg\":\"ok rid: "
                        + RID
                        + "\",\"msgid\":1988810812324364291,"
                        + "\"access_token\":\"98_token\",\"expires_in\":7200}")
                    .getBytes(UTF_8)))
        .isEqualTo(new WeChatAnswer(0, "ok", RID, "1988810812324364291", "98_token", 7200L, false));
  }

  @Test
  void read_nothingKnown_isAnAnswerOfNothing() {
    assertThat(WeChatAnswer.read("{\"new\":[1,{\"errcode\":5}]}".getBytes(UTF_8)))
        .isEqualTo(new WeChatAnswer(null, "", "", "", "", null, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "1", "{", "{}{}", "{} x", "{\"a\":tru}", "\u0000"})
  void read_notOneWholeObject_isNull(String body) {
    assertThat(WeChatAnswer.read(body.getBytes(UTF_8))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"errcode\":0,\"errcode\":0}',0",
    "'{\"errcode\":\"0\",\"errCode\":0}',0",
    "'{\"errcode\":0,\"errcode\":1}',",
    "'{\"errcode\":0,\"errcode\":1,\"errcode\":0}',",
    "'{\"errcode\":\"x\",\"errcode\":0}',",
    "'{\"errcode\":0,\"errcode\":\"x\"}',",
  })
  void read_severalErrcodes_areBelievedOnlyIfTheyAgree(String body, @Nullable Integer errcode) {
    WeChatAnswer answer = WeChatAnswer.read(body.getBytes(UTF_8));

    assertThat(answer).extracting(WeChatAnswer::errcode).isEqualTo(errcode);
  }

  @ParameterizedTest
  @CsvSource({"7200,7200", "'\"7200\"',7200", "-1,-1", "0,0", "7.5,", "'\"soon\"',", "null,"})
  void read_expiresIn_isANumberOrNothing(String json, @Nullable Long expiresIn) {
    WeChatAnswer answer = WeChatAnswer.read(("{\"expires_in\":" + json + "}").getBytes(UTF_8));

    assertThat(answer).extracting(WeChatAnswer::expiresIn).isEqualTo(expiresIn);
  }

  @ParameterizedTest
  @CsvSource({
    "7200.0,7200",
    "7.2e3,7200",
    "'\"7200.00\"',7200",
    "9223372036854775807,9223372036854775807",
    "9223372036854775808,",
    "1e400,",
    "1e-400,",
    "7200.0000001,",
    "'\"\"',",
    "true,",
    "[7200],",
  })
  void read_expiresInOfAnotherForm_isANumberIfItIsClear(String json, @Nullable Long expiresIn) {
    WeChatAnswer answer = WeChatAnswer.read(("{\"expires_in\":" + json + "}").getBytes(UTF_8));

    assertThat(answer).extracting(WeChatAnswer::expiresIn).isEqualTo(expiresIn);
    assertThat(answer).extracting(WeChatAnswer::isLifeUnclear).isEqualTo(expiresIn == null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"expires_in\":null}"})
  void read_noExpiresIn_isNotUnclear(String body) {
    assertThat(WeChatAnswer.read(body.getBytes(UTF_8)))
        .isEqualTo(new WeChatAnswer(null, "", "", "", "", null, false));
  }

  @Test
  void read_twoExpiresInThatDiffer_areUnclear() {
    String body = "{\"expires_in\":7200,\"expires_in\":10,\"expires_in\":10}";

    assertThat(WeChatAnswer.read(body.getBytes(UTF_8)))
        .isEqualTo(new WeChatAnswer(null, "", "", "", "", null, true));
  }

  @ParameterizedTest
  @CsvSource({"40003.0,40003", "'\"40003.0\"',40003", "4.0003e4,40003", "0.0,0", "40003.5,"})
  void read_errcodeAsADecimal_isANumberIfItIsWhole(String json, @Nullable Integer errcode) {
    WeChatAnswer answer = WeChatAnswer.read(("{\"errcode\":" + json + "}").getBytes(UTF_8));

    assertThat(answer).extracting(WeChatAnswer::errcode).isEqualTo(errcode);
  }

  /** The second byte of some of these characters is a backslash: 昞 and 誠 among them. */
  @ParameterizedTest
  @ValueSource(strings = {"无效的openid", "昞", "誠誠", "不合法的用户昞"})
  void read_textInGbk_isReadAndDoesNotHideTheErrcode(String errmsg) {
    String body = "{\"errmsg\":\"" + errmsg + "\",\"errcode\":40003}";

    assertThat(WeChatAnswer.read(body.getBytes(Charset.forName("GBK"))))
        .isEqualTo(new WeChatAnswer(40003, errmsg, "", "", "", null, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00ff", "a\u0081", "\u00e6\u0097 (cut)", "\u00c0\u0080", "\u00a0"})
  void read_textInNoKnownCharset_doesNotHideTheErrcode(String errmsg) {
    String body = "{\"errcode\":40003,\"errmsg\":\"" + errmsg + "\",\"msgid\":5}";

    WeChatAnswer answer = WeChatAnswer.read(body.getBytes(ISO_8859_1));

    assertThat(answer).extracting(WeChatAnswer::errcode).isEqualTo(40003);
    assertThat(answer).extracting(WeChatAnswer::messageId).isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"errcode\":0,\"errmsg\":\"\u00ff", "{\"errcode\":0}\u00ff", "\u00ff{}"})
  void read_notOneWholeObjectInNoKnownCharset_isNull(String body) {
    assertThat(WeChatAnswer.read(body.getBytes(ISO_8859_1))).isNull();
  }

  @Test
  void toError_withErrcode_hasAllOfIt() {
    assertThat(new WeChatAnswer(40001, "bad", RID, "", "", null, false).toError())
        .isEqualTo(new WeChatError(40001, "bad", RID));
  }

  @Test
  void toError_withoutErrcode_isAMistakeOfTheCaller() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new WeChatAnswer(null, "", "", "", "", null, false).toError());
  }

  @Test
  void text_ofAnAnswer_neverHasTheToken() {
    assertThat(new WeChatAnswer(null, "", "", "", "98_token", 7200L, false).toString())
        .doesNotContain("98_token");
  }
}
