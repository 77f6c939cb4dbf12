package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.load.LoadResult;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Resident memory: idle, and at 5,000 messages/s for a time. */
final class Memory implements Scenario {
  private static final int PER_SECOND = 5_000;
  private static final int SAMPLES = 10;
  private static final double MOST_GROWTH = 1.1;
  private static final double MIB = 1024 * 1024;

  private final Duration soak;

  /** Loads for {@code soak}. */
  Memory(Duration soak) {
    this.soak = soak;
  }

  @Override
  public Section run(Lab lab) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    List<String> small = new ArrayList<>(lab.jvmFlags());
    small.addAll(ServerFlags.SMALL);
    run(lab, "default flags", lab.jvmFlags(), rows, targets);
    run(lab, String.join(" ", ServerFlags.SMALL), small, rows, targets);
    return new Section(
        "Resident memory",
        "At idle, then at 5,000 messages/s for " + soak.toSeconds() + " s in all, in ten parts.",
        List.of("flags", "when", "messages", "errors", "p99 µs", "resident MiB", "threads"),
        rows,
        targets,
        List.of());
  }

  private void run(
      Lab lab, String name, List<String> flags, List<List<String>> rows, List<Target> targets)
      throws Exception {
    try (ServerProcess server = lab.server("wxnotify, " + name, flags, Map.of());
        WorkerProcess caller = lab.caller(server.port())) {
      rows.add(row(name, "idle", null, Usage.of(server.pid())));
      var ignored =
          lab.warmUp(
              List.of(new Contestant(name, server, caller, Load.closed(Kind.UNARY, 4, 16, 0))));
      double seconds = soak.toMillis() / 1e3 / SAMPLES;
      long second = 0;
      long last = 0;
      for (int i = 1; i <= SAMPLES; i++) {
        LoadResult result = caller.run(Load.open(4, PER_SECOND, seconds), LoadResult.class);
        Usage usage = Usage.of(server.pid());
        rows.add(row(name, 100 * i / SAMPLES + " %", result, usage));
        last = usage.residentBytes();
        second = i == 2 ? last : second;
      }
      double growth = (double) last / second;
      targets.add(
          Target.of(
              "resident memory at the end / after a fifth of the time, " + name,
              "at most 1.1",
              String.format("%.2f", growth),
              growth <= MOST_GROWTH,
              Stream.of(lab.doubt(server))));
    }
  }

  private static List<String> row(
      String name, String when, @Nullable LoadResult result, Usage usage) {
    return List.of(
        name,
        when,
        result == null ? "" : Long.toString(result.messages()),
        result == null ? "" : Long.toString(result.errors()),
        result == null
            ? ""
            : String.format("%,.0f", result.histogram().getValueAtPercentile(99) / 1e3),
        String.format("%.0f", usage.residentBytes() / MIB),
        Integer.toString(usage.threads()));
  }
}
