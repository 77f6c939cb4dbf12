package dev.wxnotify.client;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.wxnotify.v1.BatchSendRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects how a batch behaves, and begins it. Not thread-safe.
 *
 * <p>Give every item a {@code request_id}: it makes the batch safe against connections that break,
 * and against a repeat of the whole.
 *
 * <p>From an iterator, with a listener:
 *
 * <pre>{@code
 * BatchReport report =
 *     client
 *         .batch()
 *         .retryItems(5, Duration.ofMinutes(2))
 *         .sendAll(
 *             items, result -> log(result.request().getRequestId() + " " + result.outcome()));
 * if (!report.isAllAccepted()) {
 *   log("not all were accepted: " + report);
 * }
 * }</pre>
 *
 * <p>From an iterator, to an iterator:
 *
 * <pre>{@code
 * try (BatchResults results = client.batch().results(items)) {
 *   while (results.hasNext()) {
 *     BatchResult result = results.next();
 *     log(result.index() + " " + result.outcome());
 *   }
 * }
 * }</pre>
 *
 * <p>Item by item:
 *
 * <pre>{@code
 * try (BatchSender sender = client.batch().open(result -> log(result.toString()))) {
 *   for (BatchSendRequest item : items) {
 *     sender.send(item); // Waits while the window is full.
 *   }
 *   sender.complete();
 *   log(sender.await().toString());
 * }
 * }</pre>
 */
public final class BatchBuilder {
  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final CallOptions options;
  private final BatchRules rules = new BatchRules();

  BatchBuilder(Channel channel, @Nullable ManagedChannel owned, CallOptions options) {
    this.channel = channel;
    this.owned = owned;
    this.options = options;
  }

  /** The most items without a result. Default: 1,024, which is what the server works on at most. */
  @CanIgnoreReturnValue
  public BatchBuilder window(int items) {
    if (items < 1) {
      throw new IllegalArgumentException("items: " + items + " (expected: >= 1)");
    }
    rules.window = items;
    return this;
  }

  /**
   * The most bytes of items without a result, as far as more than one of them fits. Default: 16
   * MiB.
   */
  @CanIgnoreReturnValue
  public BatchBuilder windowBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 1)");
    }
    rules.windowBytes = bytes;
    return this;
  }

  /**
   * Sends items again whose failure is {@linkplain SendFailure#retryable retryable}, after the time
   * that it says (or a second). Until then they count in the window, so that the batch slows down.
   * Default: not at all.
   *
   * @param most how often for each item
   * @param longestWait items that are told to wait for longer have that answer as their result
   */
  @CanIgnoreReturnValue
  public BatchBuilder retryItems(int most, Duration longestWait) {
    if (most < 0) {
      throw new IllegalArgumentException("most: " + most + " (expected: >= 0)");
    }
    rules.maxRetries = most;
    rules.longestRetryAfter = notNegative(longestWait, "longestWait");
    return this;
  }

  /**
   * How long a server that is not reached is tried again, before the batch ends with what it has.
   * Default: 5 minutes.
   */
  @CanIgnoreReturnValue
  public BatchBuilder giveUpAfter(Duration time) {
    rules.giveUpAfter = notNegative(time, "time");
    return this;
  }

  /**
   * The pause before a stream is made again: {@code first} after the first failure, twice as long
   * after each that follows, up to {@code longest}; each shortened by up to a half, by chance.
   * Default: 200 milliseconds and 10 seconds.
   */
  @CanIgnoreReturnValue
  public BatchBuilder reconnectPause(Duration first, Duration longest) {
    rules.firstPause = notNegative(first, "first");
    rules.longestPause = notNegative(longest, "longest");
    return this;
  }

  /**
   * How long one stream is used. Then the next one begins, maybe on another replica, and the old
   * one ends when each of its items is answered: so a batch does not depend on how long servers and
   * proxies let streams live. One old stream at most is awaited; until it has ended, the next one
   * is used for longer. Default: 10 minutes.
   */
  @CanIgnoreReturnValue
  public BatchBuilder streamLife(Duration time) {
    rules.streamLife = notNegative(time, "time");
    return this;
  }

  /**
   * Begins a batch to which items are given one by one.
   *
   * @param listener hears each result; see there for its thread
   */
  public BatchSender open(BatchListener listener) {
    Objects.requireNonNull(listener, "listener");
    return new BatchSender(new BatchLoop(channel, owned, options, rules.copy(), listener));
  }

  /**
   * Sends all items and waits for all results. If the batch ends early ({@link
   * BatchReport#endedBy}), the items that the iterator still has were not sent; if the iterator
   * throws, the batch is cancelled.
   *
   * @param items is asked on the calling thread, and only while there is room in the window; it may
   *     block
   * @param listener hears each result; see there for its thread
   * @throws IllegalStateException if the listener threw; its cause is what was thrown
   */
  public BatchReport sendAll(Iterator<? extends BatchSendRequest> items, BatchListener listener)
      throws InterruptedException {
    try (BatchSender sender = open(listener)) {
      while (items.hasNext()) {
        BatchSendRequest item = items.next();
        try {
          sender.send(item);
        } catch (SendException e) {
          return sender.await(); // It has ended early, and says so.
        }
      }
      sender.complete();
      return sender.await();
    }
  }

  /**
   * Sends all items while the results are read: see {@link BatchResults}.
   *
   * @param items is asked on the thread that reads the results, and only while there is room in the
   *     window; one that blocks holds back results
   */
  public BatchResults results(Iterator<? extends BatchSendRequest> items) {
    return new BatchResults(Objects.requireNonNull(items, "items"), this);
  }

  private static Duration notNegative(Duration duration, String name) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: >= 0)");
    }
    return duration;
  }
}
