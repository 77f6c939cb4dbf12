package dev.wxnotify.server.journal;

/** A cursor is older than what the journal keeps, or of another journal. */
public final class CursorExpiredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says why.
   *
   * @param message for people
   */
  public CursorExpiredException(String message) {
    super(message, null, false, false);
  }

  /** A position that the journal has not reached. */
  public static CursorExpiredException beyond() {
    return new CursorExpiredException("the cursor is of a newer state of the journal");
  }
}
