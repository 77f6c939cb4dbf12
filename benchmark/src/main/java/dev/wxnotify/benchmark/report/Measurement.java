package dev.wxnotify.benchmark.report;

import dev.wxnotify.benchmark.load.Load;

/**
 * One path under one load for one round. Times are microseconds.
 *
 * @param path what was measured
 * @param load its load
 * @param messages how many were answered
 * @param errors how many of them were not accepted
 * @param firstError the first error; empty if there was none
 * @param perSecond messages per second, while load and upstream share the machine
 * @param cpu user and system time of the measured process, for each message
 * @param p50 the median latency
 * @param p95 the latency that one in twenty exceeds
 * @param p99 the latency that one in a hundred exceeds
 * @param p999 the latency that one in a thousand exceeds
 * @param residentBytes memory of the measured process at the end
 * @param threads of the measured process at the end
 * @param upstreamCpu user and system time of the fake WeChat, for each message
 * @param othersCores how many cores were busy with other work
 */
public record Measurement(
    String path,
    Load load,
    long messages,
    long errors,
    String firstError,
    double perSecond,
    double cpu,
    double p50,
    double p95,
    double p99,
    double p999,
    long residentBytes,
    int threads,
    double upstreamCpu,
    double othersCores) {

  /** Returns the part that shows whether the process is steady. */
  public Round round() {
    return new Round(messages, messages / perSecond, 0, cpu * messages / 1e6);
  }
}
