package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Transport;
import dev.wxnotify.benchmark.process.ChildProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long a start takes, from the command to the line that says ready. */
final class StartUp implements Scenario {
  private static final double MOST = 2;
  private static final double MILLIS = 1e6;

  /** Starts something, and returns when it is ready. */
  @FunctionalInterface
  private interface Starter {
    ChildProcess start() throws IOException, InterruptedException;
  }

  /** One thing that starts, and how long it took. */
  private record Timed(String name, Starter starter, List<Double> millis, List<Double> cpuMillis) {
    Timed(String name, Starter starter) {
      this(name, starter, new ArrayList<>(), new ArrayList<>());
    }

    void start() throws IOException, InterruptedException {
      long begun = System.nanoTime();
      try (ChildProcess process = starter.start()) {
        millis.add((System.nanoTime() - begun) / MILLIS);
        cpuMillis.add(Usage.of(process.pid()).cpu().toNanos() / MILLIS);
      }
    }

    Spread spread() {
      return Spread.of(millis.stream().mapToDouble(Double::doubleValue));
    }

    List<String> row() {
      return List.of(
          name,
          spread().show(0),
          Spread.of(cpuMillis.stream().mapToDouble(Double::doubleValue)).show(0));
    }
  }

  @Override
  public Section run(Lab lab) throws Exception {
    try (ClassArchive archive = ClassArchive.ofClasses(lab)) {
      List<String> flags = archive.jvmFlags();
      Transport transport = archive.transport();
      Timed bare = new Timed("bare gRPC on " + transport, () -> lab.bareServer(transport));
      Timed ours = new Timed("wxnotify serve", lab::server);
      Timed archived =
          new Timed("wxnotify serve, class archive", () -> lab.server("wxnotify", flags, Map.of()));
      for (int i = 0; i < lab.mode().starts; i++) {
        for (Timed each : List.of(bare, ours, archived)) {
          each.start();
        }
      }
      return new Section(
          "Start",
          "From the command to the line that says ready, in turns. The manual tells how to make the class"
              + " archive.",
          List.of("what", "ms", "CPU ms"),
          List.of(bare.row(), ours.row(), archived.row()),
          List.of(ratio(ours, bare), ratio(archived, bare)),
          List.of());
    }
  }

  private static Target ratio(Timed of, Timed to) {
    double ratio = of.spread().median() / to.spread().median();
    return Target.of(
        of.name + " / bare gRPC", "at most 2", String.format("%.2f", ratio), ratio <= MOST);
  }
}
