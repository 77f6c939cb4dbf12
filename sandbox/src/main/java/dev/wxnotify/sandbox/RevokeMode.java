package dev.wxnotify.sandbox;

/** The two ways in which a token becomes invalid early. */
public enum RevokeMode {
  /** As if another system had forced refreshes: old tokens are invalid, and a new one exists. */
  SUPERSEDED,
  /**
   * The current token is invalid, but a normal call for a stable token still returns it; only a
   * forced refresh recovers. Developers report this.
   */
  DEAD
}
