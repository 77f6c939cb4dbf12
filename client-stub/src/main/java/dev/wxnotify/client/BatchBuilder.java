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
 * Configures a batch and starts it. Not thread-safe.
 *
 * <p>Give every item a {@code request_id}: it makes the batch safe against broken connections, and
 * against a repeat of the whole batch.
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

  /** The maximum number of items without a result. Default: 1,024, the server's own maximum. */
  @CanIgnoreReturnValue
  public BatchBuilder window(int items) {
    if (items < 1) {
      throw new IllegalArgumentException("items: " + items + " (expected: >= 1)");
    }
    rules.window = items;
    return this;
  }

  /**
   * The maximum size of the items without a result, in bytes; one larger item is still allowed.
   * Default: 16 MiB.
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
   * Retries items whose failure is {@linkplain SendFailure#retryable retryable}, after the time
   * that the failure names (or a second). Until then they count in the window, so that the batch
   * slows down. Default: no retries.
   *
   * @param most the maximum number of retries per item
   * @param longestWait an item whose answer asks for a longer wait gets that answer as its result
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
   * Sets {@code skip_unless_subscribed} of every item: what WeChat is known to refuse is not sent,
   * and its result is {@code USER_NOT_SUBSCRIBED}, {@code OUTCOME_NOT_SENT}. Default: as each item
   * says.
   */
  @CanIgnoreReturnValue
  public BatchBuilder skipUnlessSubscribed() {
    rules.skipUnlessSubscribed = true;
    return this;
  }

  /**
   * How long the batch keeps trying when the server cannot be reached, before it ends early.
   * Default: 5 minutes.
   */
  @CanIgnoreReturnValue
  public BatchBuilder giveUpAfter(Duration time) {
    rules.giveUpAfter = notNegative(time, "time");
    return this;
  }

  /**
   * The pause before a stream is opened again: {@code first} after the first failure, twice as long
   * after each further one, up to {@code longest}; each is shortened by a random part of up to a
   * half. Default: 200 milliseconds and 10 seconds.
   */
  @CanIgnoreReturnValue
  public BatchBuilder reconnectPause(Duration first, Duration longest) {
    rules.firstPause = notNegative(first, "first");
    rules.longestPause = notNegative(longest, "longest");
    return this;
  }

  /**
   * How long one stream is used. Then the next one begins, perhaps on another replica, and the old
   * one ends when each of its items is answered. So a batch does not depend on how long servers and
   * proxies keep streams open. At most one old stream is pending; until it has ended, the next one
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
   * @param listener receives each result; its documentation describes the thread
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
   * @param items is read on the calling thread, and only while there is room in the window; it may
   *     block
   * @param listener receives each result; its documentation describes the thread
   * @throws IllegalStateException if the listener threw an exception, which is its cause
   */
  public BatchReport sendAll(Iterator<? extends BatchSendRequest> items, BatchListener listener)
      throws InterruptedException {
    try (BatchSender sender = open(listener)) {
      while (items.hasNext()) {
        BatchSendRequest item = items.next();
        try {
          sender.send(item);
        } catch (SendException e) {
          return sender.await(); // It ended early; the report says why.
        }
      }
      sender.complete();
      return sender.await();
    }
  }

  /**
   * Sends all items while the results are read: see {@link BatchResults}.
   *
   * @param items is read on the thread that reads the results, and only while there is room in the
   *     window; an iterator that blocks delays results
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
