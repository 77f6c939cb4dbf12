package dev.wxnotify.server.delivery;

/**
 * What shows nothing to a reader: Unicode's {@code White_Space}, controls, and {@code
 * Default_Ignorable_Code_Point}, such as a no-break space, a zero width space, a byte order mark or
 * a Hangul filler. The one notion of it for all fields.
 *
 * <p>Some of them have their place inside a text: white space between words, a joiner or a
 * variation selector within an emoji. So a text must only show something, and an identifier has
 * none at all.
 */
final class Blanks {
  private static final int FIRST_BEYOND_ASCII = 0x80;

  private Blanks() {}

  /** Tells whether nothing of {@code text} shows; so it is where it is empty. */
  static boolean isAll(String text) {
    return text.codePoints().allMatch(Blanks::isBlank);
  }

  /** Tells whether any code point of {@code text} shows nothing. */
  static boolean isAny(String text) {
    return text.codePoints().anyMatch(Blanks::isBlank);
  }

  /** As {@link #isAny}, but for what an emoji, or another character beyond ASCII, is made of. */
  static boolean isAnyBesideEmoji(String text) {
    return isAny(text) && Graphemes.anyMatch(text, Blanks::hasBlankAndNoEmoji);
  }

  private static boolean hasBlankAndNoEmoji(String character) {
    int first = character.codePointAt(0);
    return isAny(character) && (first < FIRST_BEYOND_ASCII || isBlank(first));
  }

  /** Tells whether a code point shows nothing by itself. */
  static boolean isBlank(int codePoint) {
    if (codePoint < FIRST_BEYOND_ASCII) {
      return codePoint <= ' ' || codePoint == 0x7F;
    }
    return Character.isISOControl(codePoint)
        || Character.isSpaceChar(codePoint)
        || isIgnorable(codePoint);
  }

  /** The list of Unicode, which is stable: code points without a character yet are in it. */
  private static boolean isIgnorable(int c) {
    return c == 0xAD
        || c == 0x34F
        || c == 0x61C
        || isIn(c, 0x115F, 0x1160)
        || isIn(c, 0x17B4, 0x17B5)
        || isIn(c, 0x180B, 0x180F)
        || isIn(c, 0x200B, 0x200F)
        || isIn(c, 0x202A, 0x202E)
        || isIn(c, 0x2060, 0x206F)
        || c == 0x3164
        || isIn(c, 0xFE00, 0xFE0F)
        || c == 0xFEFF
        || c == 0xFFA0
        || isIn(c, 0xFFF0, 0xFFF8)
        || isIn(c, 0x1BCA0, 0x1BCA3)
        || isIn(c, 0x1D173, 0x1D17A)
        || isIn(c, 0xE0000, 0xE0FFF);
  }

  private static boolean isIn(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
