package dev.wxnotify.server.journal;

import org.jspecify.annotations.Nullable;

/** The store of the journal cannot be reached, or does not answer in time. */
public final class JournalUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says why.
   *
   * @param message for people; holds no secret and no content
   */
  public JournalUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }
}
