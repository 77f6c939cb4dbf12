package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Chart;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Throughput and latency against the number of messages in flight: the picture. */
final class Sweep implements Scenario {
  private static final int[] IN_FLIGHT = {1, 4, 16, 64, 256};
  private static final int MOST = 256;
  private static final int WARM_UP_IN_FLIGHT = 64;

  private final Path picture;

  /** Draws into the file {@code picture}. */
  Sweep(Path picture) {
    this.picture = picture;
  }

  @Override
  public Section run(Lab lab) throws Exception {
    ServerProcess server = lab.server();
    WorkerProcess bare = lab.bareServer(server.transport());
    WorkerProcess wxJava = lab.wxJava(MOST);
    WorkerProcess bareCaller = lab.caller(bare.port());
    WorkerProcess caller = lab.caller(server.port());
    List<Contestant> paths = new ArrayList<>();
    for (int inFlight : IN_FLIGHT) {
      Load unary = closed(lab, Kind.UNARY, Math.min(4, inFlight), inFlight);
      Load batch = closed(lab, Kind.BATCH, Math.min(4, inFlight), inFlight);
      paths.add(new Contestant("bare gRPC, unary", bare, bareCaller, unary));
      paths.add(new Contestant("wxnotify, unary", server, caller, unary));
      paths.add(new Contestant("wxnotify, BatchSend", server, caller, batch));
      paths.add(
          new Contestant(
              "WxJava, pool of " + MOST,
              wxJava,
              wxJava,
              closed(lab, Kind.UNARY, inFlight, inFlight)));
    }
    var ignored =
        lab.warmUp(
            paths.stream().filter(path -> path.load().inFlight() == WARM_UP_IN_FLIGHT).toList());
    List<Series> all = lab.measureInTurns(lab.mode().fewRounds, paths);
    draw(all);
    List<List<String>> rows = new ArrayList<>();
    for (Series series : all) {
      rows.add(
          List.of(
              series.path(),
              Integer.toString(series.rounds().get(0).load().inFlight()),
              series.of(Measurement::perSecond).show(0),
              series.of(Measurement::cpu).show(1),
              series.of(Measurement::p50).show(0),
              series.of(Measurement::p99).show(0),
              Long.toString(series.errors())));
    }
    return new Section(
        "Messages in flight",
        "A closed loop, the upstream answers at once.\n\n![Throughput and p99 against messages in flight]("
            + picture.getFileName()
            + ")",
        List.of("path", "in flight", "messages/s", "CPU µs", "p50 µs", "p99 µs", "errors"),
        rows,
        List.of(),
        all.stream().flatMap(each -> each.rounds().stream()).toList());
  }

  private static Load closed(Lab lab, Kind kind, int connections, int inFlight) {
    return Load.closed(kind, connections, inFlight, lab.mode().seconds / 2);
  }

  private void draw(List<Series> all) throws IOException {
    Chart rate = new Chart("messages/s");
    Chart p99 = new Chart("p99, µs");
    for (Series series : all) {
      int inFlight = series.rounds().get(0).load().inFlight();
      rate.add(series.path(), inFlight, series.of(Measurement::perSecond).median());
      p99.add(series.path(), inFlight, series.of(Measurement::p99).median());
    }
    Files.createDirectories(picture.toAbsolutePath().getParent());
    Files.writeString(picture, Chart.svg("messages in flight", rate, p99));
  }
}
