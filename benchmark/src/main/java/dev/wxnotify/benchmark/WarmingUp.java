package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.report.Round;
import dev.wxnotify.benchmark.report.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The warm-up of one process. All its paths run in turns until all are steady: the JVM compiles
 * code again when another path uses it.
 *
 * @param <P> a path
 */
final class WarmingUp<P> {
  private final String process;
  private final double cpuAtBegin;
  private final List<P> paths = new ArrayList<>();
  private final List<WarmUp.Path> rounds = new ArrayList<>();

  /** Runs one path once. */
  @FunctionalInterface
  interface Meter<P> {
    Round measure(P path) throws IOException, InterruptedException;
  }

  /**
   * Creates the warm-up of a process.
   *
   * @param cpuAtBegin CPU seconds that the process used before, which do not count
   */
  WarmingUp(String process, double cpuAtBegin) {
    this.process = process;
    this.cpuAtBegin = cpuAtBegin;
  }

  void add(String name, P path) {
    paths.add(path);
    rounds.add(new WarmUp.Path(name, new ArrayList<>()));
  }

  /** Runs them in turns, skips those that are steady, and stops after {@code mostTurns} turns. */
  static <P> List<WarmUp> run(List<WarmingUp<P>> all, int mostTurns, Meter<P> meter)
      throws IOException, InterruptedException {
    for (int turn = 0; turn < mostTurns; turn++) {
      for (WarmingUp<P> each : all) {
        if (!WarmUp.isReached(each.rounds)) {
          each.turn(meter);
        }
      }
    }
    return all.stream().map(each -> WarmUp.of(each.process, each.cpuAtBegin, each.rounds)).toList();
  }

  private void turn(Meter<P> meter) throws IOException, InterruptedException {
    for (int i = 0; i < paths.size(); i++) {
      rounds.get(i).rounds().add(meter.measure(paths.get(i)));
    }
  }
}
