package dev.wxnotify.server.journal;

/** A push is not genuine, or cannot be read. Holds nothing of its content. */
public final class PushRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String rule;

  /**
   * Says why.
   *
   * @param field the part of the push that is wrong: {@code app_id}, {@code query}, a parameter of
   *     it such as {@code query["msg_signature"]}, or {@code body}
   * @param rule the rule that it breaks, for people; it follows the field in a sentence
   */
  public PushRejectedException(String field, String rule) {
    super(field + ": " + rule, null, false, false); // A refusal builds no stack trace.
    this.field = field;
    this.rule = rule;
  }

  /** Returns the part of the push that is wrong. */
  public String field() {
    return field;
  }

  /** Returns the rule that it breaks. */
  public String rule() {
    return rule;
  }
}
