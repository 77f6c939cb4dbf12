package dev.wxnotify.server.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects everything that is wrong with the fields of one message. */
final class FieldChecks {
  private final List<Violation> violations = new ArrayList<>(0);

  void add(String field, String description) {
    violations.add(new Violation(field, description));
  }

  /** Adds a violation unless {@code description} is null, which means that the rule is kept. */
  void addIfBroken(String field, @Nullable String description) {
    if (description != null) {
      add(field, description);
    }
  }

  /** Checks a text: present, not too long, and without control characters. */
  void requireText(String field, String value, int longest) {
    if (Blanks.isAll(value)) {
      add(field, "is required");
    } else if (value.length() > longest) {
      addTooLong(field, value.length(), longest);
    } else if (hasControl(value)) {
      add(field, "has control characters");
    }
  }

  /**
   * Checks an identifier of the caller's own: present, not too long, with spaces inside at most.
   * What exports leave at the ends of a cell, such as a tab or a no-break space, is refused.
   */
  void requireOwnIdentifier(String field, String value, int longest) {
    if (Blanks.isAll(value)) {
      add(field, "is required");
    } else if (value.length() > longest) {
      addTooLong(field, value.length(), longest);
    } else if (Blanks.isAnyBesideInnerSpace(value)) {
      add(field, "has control or invisible characters, or white space at an end");
    }
  }

  /** Checks an identifier: present, not too long, and of visible characters only. */
  void requireIdentifier(String field, String value, int longest) {
    if (value.isEmpty()) {
      add(field, "is required");
    } else {
      checkVisible(field, value, longest, Blanks.isAny(value));
    }
  }

  /**
   * Checks the path of a page, which may be empty: not too long, and without invisible characters
   * other than the parts of emoji.
   */
  void optionalPage(String field, String value, int longest) {
    checkVisible(field, value, longest, Blanks.isAnyBesideEmoji(value));
  }

  private void checkVisible(String field, String value, int longest, boolean hasBlanks) {
    if (value.length() > longest) {
      addTooLong(field, value.length(), longest);
    }
    if (hasBlanks) {
      add(field, "has white space, control or invisible characters");
    }
  }

  private void addTooLong(String field, int length, int longest) {
    add(field, "has " + length + " characters (at most " + longest + ")");
  }

  /** Throws an exception if there are violations. */
  void throwIfBroken() {
    if (!violations.isEmpty()) {
      throw new InvalidMessageException(violations);
    }
  }

  /** Tells whether there is a control character, for example a line break. */
  static boolean hasControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
