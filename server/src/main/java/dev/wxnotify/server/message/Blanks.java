package dev.wxnotify.server.message;

/**
 * Characters that display nothing: Unicode's {@code White_Space}, controls, and {@code
 * Default_Ignorable_Code_Point}, for example a no-break space, a zero width space, a byte order
 * mark or a Hangul filler, and the Braille pattern without dots. All fields use this one
 * definition.
 *
 * <p>Some of them are legitimate inside a text: white space between words, a joiner or a variation
 * selector within an emoji. So a text must display something, while an identifier must contain none
 * of them.
 */
final class Blanks {
  private static final int FIRST_BEYOND_ASCII = 0x80;

  /** The ideographic space, which is blank. */
  private static final int LAST_BEFORE_CJK = 0x3000;

  /** The first variation selector, which is blank. */
  private static final int FIRST_BEHIND_CJK = 0xFE00;

  /** The only blank between the two. */
  private static final int HANGUL_FILLER = 0x3164;

  /** A symbol for Unicode; it displays nothing all the same. */
  private static final int BRAILLE_BLANK = 0x2800;

  private Blanks() {}

  /** Tells whether {@code text} displays nothing; an empty text does not. */
  static boolean isAll(String text) {
    return first(text, false) < 0;
  }

  /** Tells whether any code point of {@code text} displays nothing. */
  static boolean isAny(String text) {
    return first(text, true) >= 0;
  }

  /**
   * Returns the first code point that is blank, or the first that is not; negative if there is
   * none. This is a loop and not a stream because it runs for every field of every message.
   */
  private static int first(String text, boolean blank) {
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (isBlank(codePoint) == blank) {
        return codePoint;
      }
      i += Character.charCount(codePoint);
    }
    return -1;
  }

  /** As {@link #isAny}, except for parts of an emoji or of another character beyond ASCII. */
  static boolean isAnyBesideEmoji(String text) {
    return isAny(text) && Graphemes.anyMatch(text, Blanks::hasBlankAndNoEmoji);
  }

  private static boolean hasBlankAndNoEmoji(String character) {
    int first = character.codePointAt(0);
    return isAny(character) && (first < FIRST_BEYOND_ASCII || isBlank(first));
  }

  /** Tells whether an identifier with spaces in it begins or ends with one, or has other blanks. */
  static boolean isAnyBesideInnerSpace(String text) {
    return isAny(text)
        && (isBlank(text.codePointAt(0))
            || isBlank(text.codePointBefore(text.length()))
            || isAny(text.replace(" ", "")));
  }

  /** Tells whether a code point displays nothing by itself. */
  static boolean isBlank(int codePoint) {
    if (codePoint < FIRST_BEYOND_ASCII) {
      return codePoint <= ' ' || codePoint == 0x7F;
    }
    if (codePoint > LAST_BEFORE_CJK && codePoint < FIRST_BEHIND_CJK) {
      return codePoint == HANGUL_FILLER; // Nearly all characters of most messages are here.
    }
    return Character.isISOControl(codePoint)
        || codePoint == BRAILLE_BLANK
        || Character.isSpaceChar(codePoint)
        || isIgnorable(codePoint);
  }

  /** Unicode's list, which is stable: it includes code points without a character so far. */
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
        || c == HANGUL_FILLER
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
