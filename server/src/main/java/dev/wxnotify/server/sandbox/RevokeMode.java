package dev.wxnotify.server.sandbox;

/** The two ways in which a token dies before its time. */
public enum RevokeMode {
  /** As if somebody else had forced refreshes: the old ones die, a new one is in place. */
  SUPERSEDED,
  /**
   * The current one dies, and yet a normal call for a stable token still returns it; only a forced
   * refresh heals. Developers report this.
   */
  DEAD
}
