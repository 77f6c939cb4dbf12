package dev.wxnotify.server.journal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the store.
 *
 * <pre>
 *   NOT OPEN ── open() succeeds ──▶ OPEN ◀── a call succeeds, or fails
 *      └─────── never usable ─────▶ NOT OPEN, until the process ends
 * </pre>
 *
 * <p>The journal looks at an open store every second. So one that has not answered for {@link
 * #SILENCE} hangs.
 *
 * <p>Concurrency: volatile fields; what is shown may be a moment old.
 */
final class StoreState {
  static final Duration SILENCE = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile @Nullable String id;
  private volatile @Nullable String trouble = "it has not been opened yet";
  private volatile boolean isUnusable;
  private volatile long answeredNanos;

  StoreState(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void opened(String journalId) {
    id = journalId;
    worked();
    opened.countDown();
  }

  /** A call succeeded. */
  void worked() {
    answeredNanos = nanoClock.getAsLong();
    if (trouble != null) {
      trouble = null;
    }
  }

  /** A call failed since the store cannot be reached. */
  void failed(Throwable why) {
    answeredNanos = nanoClock.getAsLong();
    trouble = text(why);
  }

  /** The store can never be used. */
  void unusable(IllegalStateException why) {
    isUnusable = true;
    trouble = "it cannot be used: " + why.getMessage();
  }

  boolean isUnusable() {
    return isUnusable;
  }

  boolean isOpen() {
    return id != null;
  }

  /** Waits until the store is open; returns whether it is. */
  boolean awaitOpen(Duration patience) throws InterruptedException {
    return opened.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the id of the journal; only of one that is open. */
  String id() {
    String known = id;
    if (known == null) {
      throw new IllegalStateException("the journal is not open");
    }
    return known;
  }

  /** Returns why the store is of no use now; empty while it is. */
  Optional<String> trouble() {
    String now = trouble;
    if (now == null && nanoClock.getAsLong() - answeredNanos > SILENCE.toNanos()) {
      return Optional.of("it does not answer");
    }
    return Optional.ofNullable(now);
  }

  /** Returns what calls fail with while the store is not open. */
  JournalUnavailableException unavailable() {
    return new JournalUnavailableException(
        "the journal is not available: " + trouble().orElse("it is being opened"), null);
  }

  /** The texts of the journal's own exceptions hold nothing secret; those of others may. */
  static String text(Throwable why) {
    boolean isOwn =
        why instanceof JournalUnavailableException || why instanceof JournalRejectsException;
    return isOwn ? String.valueOf(why.getMessage()) : why.getClass().getSimpleName();
  }
}
