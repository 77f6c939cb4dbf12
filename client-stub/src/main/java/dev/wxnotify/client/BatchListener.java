package dev.wxnotify.client;

import java.time.Duration;

/**
 * Receives the results of a batch. All methods are called on the batch's own thread, one at a time,
 * and may block: then the batch waits, and the server with it. They may call {@link
 * BatchSender#offer}, {@link BatchSender#complete}, {@link BatchSender#stop} and {@link
 * BatchSender#cancel}, but nothing that waits for the batch.
 *
 * <p>A method that throws ends the batch, and {@link BatchSender#await} reports its exception.
 */
@FunctionalInterface
public interface BatchListener {
  /** Receives the result of one item, exactly once for each item, in the order of completion. */
  void onResult(BatchResult result);

  /**
   * Called when the stream broke, or could not be opened, with the pause before the next attempt.
   * No action is needed: this is for a log.
   *
   * @param cause of the break; its outcome is that of items that had no result
   * @param pause until the next attempt
   */
  default void onBroken(SendFailure cause, Duration pause) {}
}
