package dev.wxnotify.server.delivery;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with the fields of one message. */
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

  /** Checks a text: there, not too long, and without control characters. */
  void requireText(String field, String value, int longest) {
    if (value.isBlank()) {
      add(field, "is required");
    } else if (value.length() > longest) {
      addTooLong(field, value.length(), longest);
    } else if (hasControl(value)) {
      add(field, "has control characters");
    }
  }

  /** Checks an identifier: there, not too long, and of characters that one can see. */
  void requireIdentifier(String field, String value, int longest) {
    if (value.isEmpty()) {
      add(field, "is required");
    } else {
      optionalIdentifier(field, value, longest);
    }
  }

  /** As {@link #requireIdentifier}, for a field that may be empty. */
  void optionalIdentifier(String field, String value, int longest) {
    if (value.length() > longest) {
      addTooLong(field, value.length(), longest);
    }
    if (hasBlankOrControl(value)) {
      add(field, "has white space or control characters");
    }
  }

  private void addTooLong(String field, int length, int longest) {
    add(field, "has " + length + " characters (at most " + longest + ")");
  }

  /** Ends the checks. */
  void throwIfBroken() {
    if (!violations.isEmpty()) {
      throw new InvalidMessageException(violations);
    }
  }

  /** Tells whether there is a control character, such as the end of a line. */
  static boolean hasControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasBlankOrControl(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isWhitespace(c) || Character.isISOControl(c)) {
        return true;
      }
    }
    return false;
  }
}
