package dev.wxnotify.benchmark.report;

import java.util.ArrayList;
import java.util.List;

/** Rounds of an invented process. */
public final class Rounds {
  private static final long MESSAGES = 100_000;

  private Rounds() {}

  /** Creates rounds of 100,000 messages and one second, at this many microseconds per message. */
  public static List<Round> of(double... costs) {
    return after(0, costs);
  }

  /** Creates rounds of a process that has used this many CPU seconds before. */
  static List<Round> after(double cpuSeconds, double... costs) {
    List<Round> rounds = new ArrayList<>();
    double cpu = cpuSeconds;
    for (double cost : costs) {
      double next = cpu + cost * MESSAGES / 1e6;
      rounds.add(new Round(MESSAGES, 1, cpu, next));
      cpu = next;
    }
    return rounds;
  }
}
