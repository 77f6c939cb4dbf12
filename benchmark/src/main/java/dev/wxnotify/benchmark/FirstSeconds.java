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
import java.util.Optional;
import java.util.stream.Stream;

/** What a message costs in the half minute after a start, and when the server is warm. */
final class FirstSeconds implements Scenario {
  private static final int PER_SECOND = 1_000;
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int PARTS = 3;
  private static final int PART_SECONDS = 10;

  @Override
  public Section run(Lab lab) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    List<Target> targets = new ArrayList<>();
    List<Measurement> measurements = new ArrayList<>();
    run(lab, lab.server(), rows, targets, measurements);
    Optional<ServerProcess> other = lab.otherServer();
    if (other.isPresent()) {
      run(lab, other.get(), rows, targets, measurements);
    }
    return new Section(
        "The first 30 seconds",
        "Single calls at 1,000/s to a server that has just started, beside the same when it is warm. The"
            + " caller is as new as the server.",
        List.of("server", "when", "messages", "errors", "CPU µs/message", "p50 µs", "p99 µs"),
        rows,
        targets,
        measurements);
  }

  private static void run(
      Lab lab,
      ServerProcess server,
      List<List<String>> rows,
      List<Target> targets,
      List<Measurement> measurements)
      throws IOException, InterruptedException {
    WorkerProcess caller = lab.caller(server.port());
    double seconds = Math.min(PART_SECONDS, lab.mode().seconds * PART_SECONDS);
    Contestant rate =
        new Contestant(server.name(), server, caller, Load.open(CONNECTIONS, PER_SECOND, seconds));
    double cold = 0;
    for (int part = 0; part < PARTS; part++) {
      Measurement measured = lab.measure(rate);
      cold += measured.cpu() / PARTS; // All parts have as many messages.
      String when =
          String.format(Locale.ROOT, "%.0f to %.0f s", part * seconds, (part + 1) * seconds);
      rows.add(row(when, measured));
      measurements.add(measured);
    }
    var ignored =
        lab.warmUp(
            List.of(
                rate.with(rate.path(), Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, seconds))));
    lab.run(List.of(rate), seconds / 2);
    Measurement warm = lab.measure(rate);
    rows.add(row(lab.doubt(server).isEmpty() ? "warm" : "not steady yet", warm));
    measurements.add(warm);
    targets.add(
        Target.stated(
            "CPU of the first 30 s / warm, " + server.name(),
            String.format(
                Locale.ROOT, "%.1f (%.0f µs / %.0f µs)", cold / warm.cpu(), cold, warm.cpu()),
            Stream.of(lab.doubt(server))));
  }

  private static List<String> row(String when, Measurement measured) {
    return List.of(
        measured.path(),
        when,
        Long.toString(measured.messages()),
        Long.toString(measured.errors()),
        String.format(Locale.ROOT, "%,.0f", measured.cpu()),
        String.format(Locale.ROOT, "%,.0f", measured.p50()),
        String.format(Locale.ROOT, "%,.0f", measured.p99()));
  }
}
