package dev.wxnotify.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With WeChat's own numbers. */
final class EnvelopeTest {
  private static Optional<Envelope> open(String key, String encrypted) {
    return Envelope.open(new EncodingAesKey(key), Base64.getDecoder().decode(encrypted));
  }

  private static void assertHolds(String key, String encrypted, String appId, String text) {
    assertThat(open(key, encrypted))
        .hasValueSatisfying(
            opened -> {
              assertThat(opened.appId()).isEqualTo(appId);
              assertThat(StandardCharsets.UTF_8.decode(opened.text()).toString()).isEqualTo(text);
            });
  }

  @Test
  void v1_isOpened() {
    assertHolds(Vectors.ZERO_KEY, Vectors.V1, Vectors.V1_APP, Vectors.V1_TEXT);
  }

  @Test
  void v2_paddingOfOneByte_isOpened() {
    assertHolds(Vectors.ZERO_KEY, Vectors.V2, Vectors.V1_APP, "{\"demo_resp\":\"good luck\"}");
  }

  @Test
  void v3_keyWithSpareBitsAndChinese_isOpened() {
    assertHolds(Vectors.V3_KEY, Vectors.V3, Vectors.V3_APP, "我是中文abcd123");
  }

  @Test
  void v4_paddingOfAWholeBlock_isOpened() {
    assertHolds(Vectors.V3_KEY, Vectors.V4, Vectors.V3_APP, "{\"a\":\"xxxxxxxxxxxxxxxxxx\"}");
  }

  @Test
  void key_lastCharacterWithSpareBits_isThe32BytesOfTheRest() {
    assertThat(HexFormat.of().formatHex(new EncodingAesKey(Vectors.V3_KEY).key().getEncoded()))
        .isEqualTo("69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 42, 44})
  void key_ofAnotherLength_isRefusedWithoutRepeatingIt(int length) {
    assertThatThrownBy(() -> new EncodingAesKey("A".repeat(length)))
        .hasMessage("expected: 43 characters of A-Z a-z 0-9");
  }

  @Test
  void key_printsNothingOfItself() {
    assertThat(new EncodingAesKey(Vectors.V3_KEY)).hasToString("EncodingAesKey");
    assertThat(new EncodingAesKey(Vectors.V3_KEY)).isEqualTo(new EncodingAesKey(Vectors.V3_KEY));
  }

  static IntStream everyPadding() {
    return IntStream.range(0, 32);
  }

  @ParameterizedTest
  @MethodSource("everyPadding")
  void everyPadding_isOpened(int more) {
    String text = "{\"a\":\"" + "x".repeat(more) + "\"}";
    assertHolds(
        WeChatSide.USUAL.aesKey(), WeChatSide.USUAL.encrypt(text), WeChatSide.USUAL.appId(), text);
  }

  @Test
  void anotherKey_opensNothing() {
    assertThat(open(Vectors.ZERO_KEY, Vectors.V3)).isEmpty();
    assertThat(open(Vectors.V3_KEY, Vectors.V1)).isEmpty();
  }

  @Test
  void bytesThatAreNoWholeBlocks_openNothing() {
    EncodingAesKey key = new EncodingAesKey(Vectors.V3_KEY);
    byte[] whole = Base64.getDecoder().decode(Vectors.V3);
    for (int length = 0; length < whole.length; length++) {
      assertThat(Envelope.open(key, Arrays.copyOf(whole, length))).isEmpty();
    }
  }

  /** The length is a stranger's number: seen in the wild as "20 &gt; -604338658". */
  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 29, Integer.MAX_VALUE})
  void lengthBeyondTheText_opensNothing(int length) {
    byte[] blocks = new byte[64];
    ByteBuffer.wrap(blocks).putInt(16, length);
    Arrays.fill(blocks, 48, 64, (byte) 16);

    assertThat(open(WeChatSide.USUAL.aesKey(), WeChatSide.USUAL.encryptRaw(blocks))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 33, 64, -1})
  void paddingThatIsNone_opensNothing(int padding) {
    byte[] blocks = new byte[64];
    blocks[63] = (byte) padding;

    assertThat(open(WeChatSide.USUAL.aesKey(), WeChatSide.USUAL.encryptRaw(blocks))).isEmpty();
  }

  @Test
  void paddingThatLeavesNoHeader_opensNothing() {
    byte[] blocks = new byte[32];
    Arrays.fill(blocks, (byte) 32);

    assertThat(open(WeChatSide.USUAL.aesKey(), WeChatSide.USUAL.encryptRaw(blocks))).isEmpty();
  }
}
