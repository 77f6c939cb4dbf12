package dev.wxnotify.server.redis;

/** Redis is known to be of no use now, so that it was not asked. */
final class RedisUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RedisUnavailableException(String why) {
    super(why, null, false, false);
  }
}
