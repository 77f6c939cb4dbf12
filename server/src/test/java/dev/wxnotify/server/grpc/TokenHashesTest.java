package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenHashesTest {

  @Test
  void find_eachOfMany_returnsItsPlace() throws Exception {
    List<String> hex = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      hex.add(HexFormat.of().formatHex(sha256("token-" + i)));
    }
    TokenHashes hashes = new TokenHashes(hex);

    for (int i = 0; i < 100; i++) {
      assertThat(hashes.find("token-" + i)).isEqualTo(i);
    }
    assertThat(hashes.find("token-100")).isEqualTo(TokenHashes.NONE);
    assertThat(hashes.find("")).isEqualTo(TokenHashes.NONE);
  }

  /** Every bit counts. */
  @Test
  void find_hashThatDiffersInOneBit_isNotFound() throws Exception {
    for (int bit = 0; bit < 256; bit++) {
      byte[] hash = sha256("token");
      hash[bit / 8] ^= (byte) (1 << (bit % 8));
      TokenHashes hashes = new TokenHashes(List.of(HexFormat.of().formatHex(hash)));

      assertThat(hashes.find("token")).as("bit " + bit).isEqualTo(TokenHashes.NONE);
    }
  }

  @Test
  void find_amongNone_isNotFound() {
    assertThat(new TokenHashes(List.of()).find("token")).isEqualTo(TokenHashes.NONE);
  }

  @Test
  void hash_ofAnotherLength_isRefused() {
    assertThatThrownBy(() -> new TokenHashes(List.of("ab"))).hasMessageContaining("1 bytes");
  }

  private static byte[] sha256(String token) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
  }
}
