package dev.wxnotify.server.journal;

import org.jspecify.annotations.Nullable;

/**
 * The store can be reached, and refuses rows because of what is in them. To repeat the call is of
 * no use; a part of the rows may be taken.
 */
public final class JournalRejectsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says why.
   *
   * @param message for people; holds no secret and no content
   */
  public JournalRejectsException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
