package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last events, by number. A send adds one while somebody measures, so adding is a store into a
 * ring and a look at whether somebody listens.
 */
final class InboxLog {

  /** Beyond, a reader that comes back has to look at everything anew. */
  private static final int MOST_KEPT = 20_000;

  private static final int LEAST_KEPT = 1_000;

  /** Makes an event of the number that it gets. */
  interface Maker<E extends InboxEvent> {

    E make(long number, Instant time);
  }

  private final InstantSource clock;
  private final String process;
  private final @Nullable InboxEvent[] ring;
  private volatile Runnable listener = InboxLog::nothing;

  @GuardedBy("this")
  private long last;

  /**
   * @param kept how many messages the sandbox keeps
   */
  InboxLog(int kept, InstantSource clock) {
    this.clock = clock;
    this.ring = new InboxEvent[Math.max(LEAST_KEPT, Math.min(kept, MOST_KEPT))];
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    this.process = HexFormat.of().formatHex(random);
  }

  /** The id of an event for clients: it names the process too. */
  String id(long number) {
    return process + "-" + number;
  }

  /** The number in an id; -1 if it is none of this process. */
  long number(String id) {
    if (!id.startsWith(process + "-")) {
      return -1;
    }
    try {
      long number = Long.parseLong(id.substring(process.length() + 1));
      return number > last() ? -1 : number;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** What runs after each event, on the thread that added it; it must be quick. */
  void listener(Runnable listener) {
    this.listener = listener;
  }

  @CanIgnoreReturnValue
  <E extends InboxEvent> E add(Maker<E> maker) {
    E event;
    Instant now = clock.instant();
    synchronized (this) {
      long number = last + 1;
      event = maker.make(number, now);
      ring[(int) (number % ring.length)] = event;
      last = number;
    }
    listener.run();
    return event;
  }

  /** The number of the newest event; 0 before the first. */
  synchronized long last() {
    return last;
  }

  /** True if no event after {@code number} is forgotten, and that number was given. */
  synchronized boolean reaches(long number) {
    return number >= last - ring.length && number >= 0 && number <= last;
  }

  /** The oldest events after {@code number}, of those that are kept; at most {@code most}. */
  synchronized List<InboxEvent> after(long number, int most) {
    List<InboxEvent> events = new ArrayList<>();
    long from = Math.max(number, last - ring.length) + 1;
    for (long n = from; n <= last && events.size() < most; n++) {
      InboxEvent event = ring[(int) (n % ring.length)];
      if (event != null) {
        events.add(event);
      }
    }
    return events;
  }

  private static void nothing() {}
}
