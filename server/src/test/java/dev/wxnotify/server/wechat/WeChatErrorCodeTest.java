package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.ErrorTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeChatErrorCodeTest {

  @Test
  void table_ofTheDocs_namesEveryCodeInTheRowOfItsReason() throws IOException {
    Map<Integer, String> documented = new HashMap<>();
    for (ErrorTable.Row row : ErrorTable.read()) {
      for (Integer errcode : row.errcodes()) {
        assertThat(documented.put(errcode, row.reason())).as("%s stands once", errcode).isNull();
      }
    }

    Map<Integer, String> known = new HashMap<>();
    for (WeChatErrorCode code : WeChatErrorCode.values()) {
      known.put(code.code(), reason(code));
    }

    assertThat(documented).isEqualTo(known);
  }

  @Test
  void code_isFoundByItsNumber_andOthersAreNot() {
    assertThat(WeChatErrorCode.values())
        .allSatisfy(code -> assertThat(WeChatErrorCode.of(code.code())).isSameAs(code));
    assertThat(WeChatErrorCode.of(0)).isNull();
    assertThat(WeChatErrorCode.of(43116)).isNull();
  }

  @Test
  void rejection_isGivenForExactlyTheCodesThatMeanOne() {
    assertThat(
            Arrays.stream(WeChatErrorCode.values())
                .filter(code -> code.rejection() != null)
                .map(WeChatErrorCode::meaning))
        .containsOnly(WeChatErrorCode.Meaning.REJECTED);
    assertThat(
            Arrays.stream(WeChatErrorCode.values())
                .filter(code -> code.meaning() == WeChatErrorCode.Meaning.REJECTED)
                .map(WeChatErrorCode::rejection))
        .doesNotContainNull();
  }

  private static String reason(WeChatErrorCode code) {
    return switch (code.meaning()) {
      case BUSY -> "WECHAT_BUSY";
      case TOKEN, CREDENTIALS -> "WECHAT_CREDENTIALS";
      case REJECTED -> String.valueOf(code.rejection());
    };
  }
}
