package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AppSecretTest {
  private static final String VALUE = "0123456789abcdef0123456789abcdef";

  @Test
  void text_ofTheSecretOrOfWhatHoldsIt_neverHasTheValue() {
    AppSecret secret = new AppSecret(VALUE);

    assertThat(secret.toString()).isEqualTo("[REDACTED]");
    assertThat(String.valueOf(List.of(secret))).doesNotContain(VALUE);
    assertThat("secret " + secret).doesNotContain(VALUE);
  }

  @Test
  void value_isTheSecretItself() {
    assertThat(new AppSecret(VALUE).value()).isEqualTo(VALUE);
    assertThat(new AppSecret(VALUE)).isEqualTo(new AppSecret(VALUE));
  }
}
