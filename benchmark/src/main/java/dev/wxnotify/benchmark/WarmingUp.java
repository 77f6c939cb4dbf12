package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.report.Round;
import dev.wxnotify.benchmark.report.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One process on its way to steady figures. All its paths run in turns until all are steady: what
 * was compiled for one path is compiled again when another runs through it.
 *
 * @param <P> a path
 */
final class WarmingUp<P> {
  private final String process;
  private final double cpuAtBegin;
  private final List<P> paths = new ArrayList<>();
  private final List<WarmUp.Path> rounds = new ArrayList<>();

  /** Loads one path once. */
  @FunctionalInterface
  interface Meter<P> {
    Round measure(P path) throws IOException, InterruptedException;
  }

  /**
   * Makes it.
   *
   * @param cpuAtBegin CPU seconds that the process used before and that are not to count
   */
  WarmingUp(String process, double cpuAtBegin) {
    this.process = process;
    this.cpuAtBegin = cpuAtBegin;
  }

  void add(String name, P path) {
    paths.add(path);
    rounds.add(new WarmUp.Path(name, new ArrayList<>()));
  }

  /** Runs them in turns, those that are steady no more, and none more often than this. */
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
