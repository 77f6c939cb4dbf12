package dev.wxnotify.server.message;

import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters of a text as a reader sees them: extended grapheme clusters of Unicode (UAX #29).
 *
 * <p>The JDK's regular expressions find them, including emoji of several code points, flags and
 * Hangul syllables. Those of JDK 17 lack the rule for Indic conjuncts (GB9c), which is added here,
 * so that all JDKs agree on all characters of Unicode 13.
 */
final class Graphemes {
  private static final Pattern CLUSTER = Pattern.compile("\\X");

  private static final int FIRST_INDIC = '\u0900';
  private static final int LAST_INDIC = '\u0DFF';
  private static final int ZERO_WIDTH_JOINER = '\u200D';

  private static final int FIRST_SKIN_TONE = 0x1F3FB;
  private static final int LAST_SKIN_TONE = 0x1F3FF;
  private static final int FIRST_TAG = 0xE0020;
  private static final int LAST_TAG = 0xE007F;

  /** The viramas of the scripts whose conjuncts are one character. */
  private static final String LINKERS = "\u094D\u09CD\u0ACD\u0B4D\u0C4D\u0D4D";

  /**
   * The consonants of those scripts, as Unicode lists them (Indic_Conjunct_Break): the first and
   * the last of each range.
   */
  private static final String CONSONANTS =
      "\u0915\u0939\u0958\u095F\u0978\u097F\u0995\u09A8\u09AA\u09B0\u09B2\u09B2"
          + "\u09B6\u09B9\u09DC\u09DD\u09DF\u09DF\u09F0\u09F1\u0A95\u0AA8\u0AAA\u0AB0"
          + "\u0AB2\u0AB3\u0AB5\u0AB9\u0AF9\u0AF9\u0B15\u0B28\u0B2A\u0B30\u0B32\u0B33"
          + "\u0B35\u0B39\u0B5C\u0B5D\u0B5F\u0B5F\u0B71\u0B71\u0C15\u0C28\u0C2A\u0C39"
          + "\u0C58\u0C5A\u0D15\u0D3A";

  private Graphemes() {}

  /** Returns the number of characters. */
  static int count(String text) {
    int[] count = new int[1];
    visitEnds(
        text,
        end -> {
          count[0]++;
          return true;
        });
    return count[0];
  }

  /**
   * Returns the longest prefix of {@code text} that consists of whole characters and is not longer
   * than {@code most} UTF-16 units; but at least its first character, however long that is.
   */
  static String start(String text, int most) {
    int[] last = new int[1];
    visitEnds(
        text,
        end -> {
          if (end <= most || last[0] == 0) {
            last[0] = end;
          }
          return end <= most;
        });
    return text.substring(0, last[0]);
  }

  /** Tells whether any character matches {@code kind}. */
  static boolean anyMatch(String text, Predicate<String> kind) {
    int[] start = new int[1];
    boolean[] found = new boolean[1];
    visitEnds(
        text,
        end -> {
          found[0] = kind.test(text.substring(start[0], end));
          start[0] = end;
          return !found[0];
        });
    return found[0];
  }

  /** Visits the end of each character until {@code goesOn} returns false. */
  private static void visitEnds(String text, IntPredicate goesOn) {
    Matcher clusters = CLUSTER.matcher(text);
    boolean more = clusters.find();
    while (more) {
      int start = clusters.start();
      int end = clusters.end();
      more = clusters.find();
      if (more && isWithinConjunct(text, start, end)) {
        continue;
      }
      if (!goesOn.test(end)) {
        return;
      }
    }
  }

  /** Tells whether a consonant at {@code end} belongs to the cluster before it. */
  private static boolean isWithinConjunct(String text, int start, int end) {
    if (!isConsonant(text.charAt(end))) {
      return false;
    }
    boolean linked = false;
    for (int i = end; i > start; ) {
      int c = text.codePointBefore(i);
      if (LINKERS.indexOf(c) >= 0) {
        linked = true;
      } else if (isConsonant(c)) {
        return linked;
      } else if (!extendsCharacters(c)) {
        return false;
      }
      i -= Character.charCount(c);
    }
    return false;
  }

  private static boolean extendsCharacters(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || c == ZERO_WIDTH_JOINER
        || (c >= FIRST_SKIN_TONE && c <= LAST_SKIN_TONE)
        || (c >= FIRST_TAG && c <= LAST_TAG);
  }

  private static boolean isConsonant(int c) {
    if (c < FIRST_INDIC || c > LAST_INDIC) {
      return false;
    }
    for (int i = 0; i < CONSONANTS.length(); i += 2) {
      if (c >= CONSONANTS.charAt(i) && c <= CONSONANTS.charAt(i + 1)) {
        return true;
      }
    }
    return false;
  }
}
