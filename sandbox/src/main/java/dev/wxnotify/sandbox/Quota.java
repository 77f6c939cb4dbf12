package dev.wxnotify.sandbox;

/**
 * How many calls an app may make to an endpoint.
 *
 * @param perDay calls in a day; 0 for no limit
 * @param perMinute calls in a minute; 0 for no limit
 */
public record Quota(long perDay, long perMinute) {

  /** No limit. */
  public static final Quota NONE = new Quota(0, 0);

  /** Rejects negative numbers. */
  public Quota {
    if (perDay < 0 || perMinute < 0) {
      throw new IllegalArgumentException(
          "perDay: " + perDay + ", perMinute: " + perMinute + " (expected: >= 0)");
    }
  }
}
