package dev.wxnotify.server.message;

/**
 * One field of a message that is wrong.
 *
 * @param field the field's path from the message, in the contract's names: {@code open_id}, {@code
 *     data["thing1"]}
 * @param description the rule that is broken, for people; it never repeats the value, which may be
 *     personal
 */
public record Violation(String field, String description) {

  /** Describes what is wrong with the value of a template's keyword. */
  public static Violation ofKeyword(String keyword, String description) {
    return new Violation("data[\"" + keyword + "\"]", description);
  }
}
