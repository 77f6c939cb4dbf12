package dev.wxnotify.benchmark.report;

/**
 * What a process did for one load. CPU is user and system time in seconds since the process began,
 * so that use between two rounds is visible too.
 *
 * @param messages how many were answered
 * @param seconds how long the load lasted
 * @param cpuBefore CPU of the process before the load
 * @param cpuAfter CPU of the process after it
 */
public record Round(long messages, double seconds, double cpuBefore, double cpuAfter) {
  private static final double MICROS_PER_SECOND = 1e6;

  /** Linux counts the CPU time of another process in steps of this many seconds. */
  private static final double STEP = 0.01;

  /** Returns microseconds of CPU for each message. */
  public double cost() {
    return (cpuAfter - cpuBefore) * MICROS_PER_SECOND / messages;
  }

  /**
   * Returns how much of {@link #cost} may be an error of the steps in which CPU time is counted.
   */
  double blur() {
    return STEP * MICROS_PER_SECOND / messages;
  }
}
