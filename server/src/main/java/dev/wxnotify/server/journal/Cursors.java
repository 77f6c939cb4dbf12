package dev.wxnotify.server.journal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cursors of watches: the journal's id and a position, in a text that looks like neither. */
final class Cursors {
  private static final int LONGEST = 256;
  private static final Pattern CONTENT = Pattern.compile("(.+)\\.(0|[1-9]\\d{0,18})");

  private Cursors() {}

  static String of(String journalId, long position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((journalId + "." + position).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the position that a cursor names.
   *
   * @throws IllegalArgumentException if the text is no cursor
   * @throws CursorExpiredException if it is the cursor of another journal
   */
  static long position(String journalId, String cursor) {
    Matcher content = CONTENT.matcher(decoded(cursor));
    if (!content.matches()) {
      throw new IllegalArgumentException("is not a cursor");
    }
    long position;
    try {
      position = Long.parseLong(content.group(2));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is not a cursor", e);
    }
    if (!content.group(1).equals(journalId)) {
      throw new CursorExpiredException("the cursor is of another journal");
    }
    return position;
  }

  private static String decoded(String cursor) {
    if (cursor.length() > LONGEST) {
      throw new IllegalArgumentException("is not a cursor");
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is not a cursor", e);
    }
  }
}
