package dev.wxnotify.server.netty;

/**
 * How many bytes the bodies of all unanswered requests of a port may have together. Used on the one
 * event loop of the port only.
 */
final class BodyRoom {
  private long free;

  BodyRoom(long most) {
    this.free = most;
  }

  /** Takes room, or says that there is none. */
  boolean take(int bytes) {
    if (bytes > free) {
      return false;
    }
    free -= bytes;
    return true;
  }

  void giveBack(int bytes) {
    free += bytes;
  }
}
