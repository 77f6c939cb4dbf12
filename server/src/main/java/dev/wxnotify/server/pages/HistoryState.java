package dev.wxnotify.server.pages;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What became of messages within the last hour. It begins with the process: after a restart it is
 * shorter than an hour, and it is of this replica only.
 *
 * @param since from when on there are samples
 * @param step how far samples are apart
 * @param samples oldest first; each counts the time since the one before
 */
record HistoryState(Instant since, Duration step, List<Sample> samples) {
  /** Copies. */
  public HistoryState {
    samples = List.copyOf(samples);
  }

  /**
   * What became of messages in one step.
   *
   * @param at the end of the step
   * @param length how long it was, which is a little more than planned where the process was busy
   */
  public record Sample(
      Instant at, Duration length, long accepted, long rejected, long notSent, long unknown) {
    /** Returns the messages that ended. */
    public long all() {
      return accepted + rejected + notSent + unknown;
    }
  }
}
