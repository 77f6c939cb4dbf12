package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a message costs in the half minute after a start: with nothing, and with each remedy. The
 * first server is measured again when it is warm.
 */
final class FirstSeconds implements Scenario {
  private static final int PER_SECOND = 1_000;
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int PARTS = 3;
  private static final int PART_SECONDS = 10;

  private static final List<String> COLUMNS =
      List.of("server", "when", "messages", "errors", "CPU µs/message", "p50 µs", "p99 µs");

  @Override
  public Section run(Lab lab) throws Exception {
    Results results = new Results(lab);
    try (ServerProcess plain = lab.server()) {
      results.warm(plain, results.cold(plain));
    }
    Optional<ServerProcess> other = lab.otherServer();
    if (other.isPresent()) {
      results.warm(other.get(), results.cold(other.get()));
      other.get().close();
    }
    results.cold("warm-up", lab.jvmFlags(), ServerFlags.WARM_UP);
    try (ClassArchive classes = ClassArchive.ofClasses(lab)) {
      results.cold("class archive", classes.jvmFlags(), Map.of());
      results.cold("class archive and warm-up", classes.jvmFlags(), ServerFlags.WARM_UP);
    }
    Optional<ClassArchive> profiles = ClassArchive.ofProfiles(lab);
    if (profiles.isPresent()) {
      try (ClassArchive made = profiles.get()) {
        results.cold("AOT cache", made.jvmFlags(), Map.of());
        results.cold("AOT cache and warm-up", made.jvmFlags(), ServerFlags.WARM_UP);
      }
    }
    return new Section(
        "The first 30 seconds",
        "Single calls at 1,000/s to a server that has just started, beside the same when it is warm. The"
            + " caller is as new as the server. The image has the class archive and the warm-up. The AOT"
            + " cache, which has profiles of methods from a warm-up, needs JDK 25.",
        COLUMNS,
        results.rows,
        results.targets,
        results.measurements);
  }

  /** Collects what the servers cost, one after the other. */
  private static final class Results {
    private final Lab lab;
    private final double seconds;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();

    Results(Lab lab) {
      this.lab = lab;
      this.seconds = Math.min(PART_SECONDS, lab.mode().seconds * PART_SECONDS);
    }

    void cold(String remedy, List<String> jvmFlags, Map<String, String> settings)
        throws IOException, InterruptedException {
      try (ServerProcess server = lab.server("wxnotify, " + remedy, jvmFlags, settings)) {
        cold(server);
      }
    }

    /** Returns the load, for the same server when it is warm. */
    Cold cold(ServerProcess server) throws IOException, InterruptedException {
      WorkerProcess caller = lab.caller(server.port());
      Contestant rate =
          new Contestant(
              server.name(), server, caller, Load.open(CONNECTIONS, PER_SECOND, seconds));
      double cpu = 0;
      long errors = 0;
      for (int part = 0; part < PARTS; part++) {
        Measurement measured = lab.measure(rate);
        cpu += measured.cpu() / PARTS; // All parts have as many messages.
        errors += measured.errors();
        add(
            String.format(Locale.ROOT, "%.0f to %.0f s", part * seconds, (part + 1) * seconds),
            measured);
      }
      targets.add(
          Target.stated(
              "CPU of the first 30 s, " + server.name(),
              String.format(Locale.ROOT, "%.0f µs, %,d errors", cpu, errors),
              Stream.empty()));
      return new Cold(rate, cpu);
    }

    void warm(ServerProcess server, Cold cold) throws IOException, InterruptedException {
      var ignored =
          lab.warmUp(
              List.of(
                  cold.rate.with(
                      cold.rate.path(), Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, seconds))));
      lab.run(List.of(cold.rate), seconds / 2);
      Measurement warm = lab.measure(cold.rate);
      add(lab.doubt(server).isEmpty() ? "warm" : "not steady yet", warm);
      targets.add(
          Target.stated(
              "CPU of the first 30 s / warm, " + server.name(),
              String.format(
                  Locale.ROOT,
                  "%.1f (%.0f µs / %.0f µs)",
                  cold.cpu / warm.cpu(),
                  cold.cpu,
                  warm.cpu()),
              Stream.of(lab.doubt(server))));
    }

    private void add(String when, Measurement measured) {
      measurements.add(measured);
      rows.add(
          List.of(
              measured.path(),
              when,
              Long.toString(measured.messages()),
              Long.toString(measured.errors()),
              String.format(Locale.ROOT, "%,.0f", measured.cpu()),
              String.format(Locale.ROOT, "%,.0f", measured.p50()),
              String.format(Locale.ROOT, "%,.0f", measured.p99())));
    }
  }

  /** A server in its first half minute. */
  private record Cold(Contestant rate, double cpu) {}
}
