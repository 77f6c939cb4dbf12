package dev.wxnotify.server.redis;

/** Redis is known to be unusable now, so that no command was sent. */
final class RedisUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RedisUnavailableException(String why) {
    super(why, null, false, false);
  }
}
