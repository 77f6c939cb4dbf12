package dev.wxnotify.server.pages;

import org.jspecify.annotations.Nullable;

/**
 * What a look-up found.
 *
 * @param query what was looked for
 * @param message the message with this id; null for none
 * @param user what is known of a user with this open id; null for nothing
 * @param trouble why the journal cannot be read; empty where it was
 */
record LookupView(
    Query query, @Nullable MessageView message, @Nullable UserView user, String trouble) {

  /** What an id is. */
  enum Kind {
    /** Whatever finds something. */
    ANY,
    /** WeChat's id of a message. */
    MESSAGE,
    /** A caller's id of a message. */
    REQUEST,
    /** An open id. */
    USER;

    /** Returns the kind that a parameter of a URL names; {@link #ANY} for any other text. */
    static Kind of(String parameter) {
      return switch (parameter) {
        case "message" -> MESSAGE;
        case "request" -> REQUEST;
        case "user" -> USER;
        default -> ANY;
      };
    }
  }

  /**
   * What to look for.
   *
   * @param id the id; empty for a page without results
   * @param kind what the id is
   * @param appId the app; empty for all
   * @param after the place of the page of a user's messages; empty for the first
   */
  record Query(String id, Kind kind, String appId, String after) {}

  /** Tells whether something was looked for and not found. */
  boolean isNothing() {
    return !query.id().isEmpty() && message == null && user == null && trouble.isEmpty();
  }
}
