package dev.wxnotify.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors. */
class CursorsTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_711, Long.MAX_VALUE})
  void cursor_namesItsPosition(long position) {
    String cursor = Cursors.of("a.journal-id", position);

    assertThat(cursor).matches("[A-Za-z0-9_-]+");
    assertThat(Cursors.position("a.journal-id", cursor)).isEqualTo(position);
  }

  @Test
  void cursorOfAnotherJournal_isExpired() {
    String cursor = Cursors.of("one", 5);

    assertThatThrownBy(() -> Cursors.position("other", cursor))
        .isInstanceOf(CursorExpiredException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "%",
        "中",
        "AAAA",
        "id.-1",
        "id.",
        ".5",
        "id.05",
        "id.9223372036854775808"
      })
  void textThatIsNoCursor_isRefused(String text) {
    for (String cursor :
        new String[] {
          text, Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
        }) {
      assertThatThrownBy(() -> Cursors.position("id", cursor))
          .as(cursor)
          .isInstanceOfAny(IllegalArgumentException.class, CursorExpiredException.class);
    }
    assertThatThrownBy(() -> Cursors.position("id", "A".repeat(1_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
