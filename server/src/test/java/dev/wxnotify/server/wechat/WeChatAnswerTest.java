package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wxnotify.server.delivery.WeChatError;
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
        .isEqualTo(new WeChatAnswer(0, "ok", RID, "1988810812324364291", "98_token", 7200L));
  }

  @Test
  void read_nothingKnown_isAnAnswerOfNothing() {
    assertThat(WeChatAnswer.read("{\"new\":[1,{\"errcode\":5}]}".getBytes(UTF_8)))
        .isEqualTo(new WeChatAnswer(null, "", "", "", "", null));
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

  @Test
  void toError_withErrcode_hasAllOfIt() {
    assertThat(new WeChatAnswer(40001, "bad", RID, "", "", null).toError())
        .isEqualTo(new WeChatError(40001, "bad", RID));
  }

  @Test
  void toError_withoutErrcode_isAMistakeOfTheCaller() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new WeChatAnswer(null, "", "", "", "", null).toError());
  }

  @Test
  void text_ofAnAnswer_neverHasTheToken() {
    assertThat(new WeChatAnswer(null, "", "", "", "98_token", 7200L).toString())
        .doesNotContain("98_token");
  }
}
