package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.ErrorTable;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeChatErrcodeTest {
  private static final Set<WeChatErrcode.Meaning> MEAN_ONE =
      EnumSet.of(WeChatErrcode.Meaning.REJECTED, WeChatErrcode.Meaning.BUSY);

  @Test
  void table_ofTheDocs_namesEveryCodeInTheRowOfItsReason() throws IOException {
    Map<Integer, String> documented = new HashMap<>();
    for (ErrorTable.Row row : ErrorTable.read()) {
      for (Integer errcode : row.errcodes()) {
        assertThat(documented.put(errcode, row.reason())).as("%s stands once", errcode).isNull();
      }
    }

    Map<Integer, String> known = new HashMap<>();
    for (WeChatErrcode code : WeChatErrcode.values()) {
      known.put(code.code(), reason(code));
    }

    assertThat(documented).isEqualTo(known);
  }

  @Test
  void code_isFoundByItsNumber_andOthersAreNot() {
    assertThat(WeChatErrcode.values())
        .allSatisfy(code -> assertThat(WeChatErrcode.of(code.code())).isSameAs(code));
    assertThat(WeChatErrcode.of(0)).isNull();
    assertThat(WeChatErrcode.of(43116)).isNull();
  }

  @Test
  void rejection_isGivenForExactlyTheCodesThatMeanOne() {
    assertThat(
            Arrays.stream(WeChatErrcode.values())
                .filter(code -> code.rejection() != null)
                .map(WeChatErrcode::meaning))
        .hasSameElementsAs(MEAN_ONE);
    assertThat(
            Arrays.stream(WeChatErrcode.values())
                .filter(code -> MEAN_ONE.contains(code.meaning()))
                .map(WeChatErrcode::rejection))
        .doesNotContainNull();
  }

  private static String reason(WeChatErrcode code) {
    return switch (code.meaning()) {
      case TOKEN, CREDENTIALS -> "WECHAT_CREDENTIALS";
      case REJECTED, BUSY ->
          code.rejection() == Rejected.Reason.RECIPIENT_BUSY
              ? "WECHAT_BUSY" // It makes no difference to the caller.
              : String.valueOf(code.rejection());
    };
  }
}
