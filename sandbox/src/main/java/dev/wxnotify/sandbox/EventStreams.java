package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The streams of events that are open, all of the sandbox together. */
final class EventStreams {

  /** A browser opens one for each tab. */
  static final int MOST = 64;

  /** Proxies and browsers take a silent connection for a dead one after half a minute or more. */
  static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** What one stream more gets. */
  static final PageAnswer.Whole TOO_MANY =
      PageAnswer.text(
              503,
              "There are " + MOST + " streams of events already. Close other pages and streams.")
          .with("Retry-After", "5");

  private final Duration heartbeat;
  private final AtomicInteger open = new AtomicInteger();

  EventStreams(Duration heartbeat) {
    this.heartbeat = heartbeat;
  }

  Duration heartbeat() {
    return heartbeat;
  }

  /** False if there are too many; otherwise it has to {@link #leave}. */
  boolean enter() {
    if (open.incrementAndGet() <= MOST) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void leave() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }
}
