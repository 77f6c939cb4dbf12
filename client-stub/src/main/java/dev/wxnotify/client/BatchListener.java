package dev.wxnotify.client;

import java.time.Duration;

/**
 * Hears what becomes of a batch. All methods are called on the batch's own thread, one at a time,
 * and may block: then the batch waits, and the server with it. They may call {@link
 * BatchSender#offer}, {@link BatchSender#complete}, {@link BatchSender#stop} and {@link
 * BatchSender#cancel}, but nothing that waits for the batch.
 *
 * <p>A method that throws ends the batch, and {@link BatchSender#await} throws the same.
 */
@FunctionalInterface
public interface BatchListener {
  /** Hears the result of one item; exactly once for each item, in the order of completion. */
  void onResult(BatchResult result);

  /**
   * Hears that the stream broke, or could not be made, and when the next one will be tried. Nothing
   * needs to be done: this is for a log.
   *
   * @param cause of the break; its outcome is that of items that had no result
   * @param pause until the next try
   */
  default void onBroken(SendFailure cause, Duration pause) {}
}
