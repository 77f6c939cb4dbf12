package dev.wxnotify.server.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BlanksTest {
  /** Unicode, DerivedCoreProperties.txt: Default_Ignorable_Code_Point. */
  private static final Pattern IGNORABLE =
      Pattern.compile(
          "[\\x{AD}\\x{34F}\\x{61C}\\x{115F}-\\x{1160}\\x{17B4}-\\x{17B5}\\x{180B}-\\x{180F}"
              + "\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{206F}\\x{3164}"
              + "\\x{FE00}-\\x{FE0F}\\x{FEFF}\\x{FFA0}\\x{FFF0}-\\x{FFF8}"
              + "\\x{1BCA0}-\\x{1BCA3}\\x{1D173}-\\x{1D17A}\\x{E0000}-\\x{E0FFF}]");

  /** The ranges that are decided without the tables of Unicode must agree with them. */
  @Test
  void isBlank_everyCodePoint_isAsUnicodeHasIt() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      boolean blank =
          Character.isISOControl(c)
              || Character.isSpaceChar(c)
              || c == 0x2800 // The Braille pattern without dots.
              || IGNORABLE.matcher(Character.toString(c)).matches();

      if (Blanks.isBlank(c) != blank) {
        assertThat(Blanks.isBlank(c)).as("U+%04X", c).isEqualTo(blank);
      }
    }
  }

  @Test
  void isAny_andIsAll_lookAtEachCodePoint() {
    assertThat(Blanks.isAny("")).isFalse();
    assertThat(Blanks.isAll("")).isTrue();
    assertThat(Blanks.isAny("一件商品😀x")).isFalse();
    assertThat(Blanks.isAny("一件商品\u3164")).isTrue();
    assertThat(Blanks.isAny(Character.toString(0xE0001) + "x")).isTrue();
    assertThat(Blanks.isAll(" \u3000" + Character.toString(0xE0001))).isTrue();
    assertThat(Blanks.isAll(" \u3000😀")).isFalse();
  }
}
