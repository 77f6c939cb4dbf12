package dev.wxnotify.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WeChat's own vectors, and one for the padding that libraries for 16-byte blocks refuse. */
class PushCryptoTest {

  private static final String ZERO_KEY = "A".repeat(43);
  private static final String OFFICIAL_APP = "wxba5fad812f8e6fb9";
  private static final String SAMPLE_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
  private static final String SAMPLE_APP = "wxb11529c136998cb6";

  @ParameterizedTest
  @CsvSource({
    "AAAAA, 1714036504, 1514711492, f464b24fc39322e44b38aa78f5edd27bd1441696",
    "AAAAA, 1714037059, 486452656, 899cf89e464efb63f54ddac96b0a0a235f53aa78",
    "AAAAA, 1714112445, 415670741, 6c5c811b55cc85e0e1b54100749188c20beb3f5d",
  })
  void signature_ofTheQuery_isWeChats(
      String token, String timestamp, String nonce, String expected) {
    assertThat(PushCrypto.signature(token, timestamp, nonce)).isEqualTo(expected);
  }

  /** V2 is the answer to a push, with a padding of one byte. */
  @Test
  void encrypt_paddingOfOne_isWeChats() {
    byte[] text = "{\"demo_resp\":\"good luck\"}".getBytes(UTF_8);
    byte[] frame = PushCrypto.frame(bytes("707722b803182950"), text.length, text, OFFICIAL_APP);
    String encrypted = PushCrypto.encrypt(ZERO_KEY, frame);

    assertThat(PushCrypto.padding(frame.length)).isEqualTo(1);
    assertThat(encrypted)
        .isEqualTo(
            "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVH"
                + "m48Y4hyRbtzve1L32tmxSQ==");
    assertThat(PushCrypto.signature("AAAAA", "1713424427", "415670741", encrypted))
        .isEqualTo("1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1");
  }

  /** V3 has a key whose last character has bits to spare, and a text in UTF-8. */
  @Test
  void encrypt_keyWithSpareBits_isAsInTencentsSample() {
    byte[] text = "我是中文abcd123".getBytes(UTF_8);

    assertThat(
            PushCrypto.encrypt(
                SAMPLE_KEY,
                PushCrypto.frame(bytes("aaaabbbbccccdddd"), text.length, text, SAMPLE_APP)))
        .isEqualTo(
            "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgV"
                + "tVzd832WzZGMhkP72vVOfg==");
  }

  /** V4. */
  @Test
  void encrypt_paddingOf32_isAWholeBlock() {
    byte[] text = "{\"a\":\"xxxxxxxxxxxxxxxxxx\"}".getBytes(UTF_8);
    byte[] frame = PushCrypto.frame(bytes("aaaabbbbccccdddd"), text.length, text, SAMPLE_APP);
    String encrypted = PushCrypto.encrypt(SAMPLE_KEY, frame);

    assertThat(PushCrypto.padding(frame.length)).isEqualTo(32);
    assertThat(encrypted)
        .isEqualTo(
            "jn1L23DB+6ELqJ+6bruv2+8UPZeEZDIMsbc/oFIdVcQpg3fsbBasssP+kvloC6kV"
                + "wVU+f4cngnR8CNjCcejmQ1xxH3A0DAXYYX6jIpGfkHNxWqma8QlcshVBckRj1DBR");
    assertThat(PushCrypto.signature("pamtest", "1409304348", "xxxxxx", encrypted))
        .isEqualTo("2047c4968ba23d7c28d417ecd14b36b4dec86c13");
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(UTF_8);
  }
}
