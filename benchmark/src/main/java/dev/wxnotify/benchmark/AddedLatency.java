package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Target;
import java.util.List;
import java.util.stream.IntStream;

/** What the service adds to a message's way at a rate that leaves the machine room. */
final class AddedLatency implements Scenario {
  private static final int PER_SECOND = 2_000;
  private static final int CONNECTIONS = 4;
  private static final int HTTP_CONNECTIONS = 1_000;
  private static final double MOST_ADDED_MICROS = 500;
  private static final double MOST_TIMES = 3;

  @Override
  public Section run(Lab lab) throws Exception {
    Load load = Load.open(CONNECTIONS, PER_SECOND, lab.mode().seconds);
    ServerProcess server = lab.server();
    WorkerProcess bare = lab.bareServer(server.transport());
    WorkerProcess http = lab.bareHttpClient(server.transport());
    List<Contestant> paths =
        List.of(
            new Contestant("bare gRPC, unary", bare, lab.caller(bare.port()), load),
            new Contestant(
                "bare HTTP POST",
                http,
                http,
                Load.open(HTTP_CONNECTIONS, PER_SECOND, lab.mode().seconds)),
            new Contestant("wxnotify, unary", server, lab.caller(server.port()), load));
    var ignored = lab.warmUp(paths.stream().map(AddedLatency::closed).toList());
    // What is compiled for a full machine is compiled again for this rate, at which CPU times are
    // too short for a verdict.
    for (int turn = 0; turn < lab.mode().rounds; turn++) {
      lab.run(paths, lab.mode().seconds);
    }
    List<Series> all = lab.measureInTurns(lab.mode().rounds, paths);
    Series ours = all.get(2);
    Spread added =
        Spread.of(
            IntStream.range(0, ours.rounds().size())
                .mapToDouble(i -> ours.rounds().get(i).p50() - all.get(1).rounds().get(i).p50()));
    Spread p99 = ours.ratio(Measurement::p99, all.get(0));
    return Section.ofSeries(
        "Latency at 2,000 messages/s",
        "An open loop: a latency counts from the moment at which the message was due. The bare HTTP"
            + " client measures what of it is the upstream's.",
        all,
        List.of(
            Target.of(
                "p50 of wxnotify less p50 of the upstream",
                "below 500 µs",
                added.show(0) + " µs",
                added.median() < MOST_ADDED_MICROS,
                ours,
                all.get(1)),
            Target.of(
                "p99 of wxnotify, upstream included / p99 of bare gRPC",
                "at most 3",
                p99.show(2),
                p99.median() <= MOST_TIMES,
                ours,
                all.get(0))));
  }

  /** As fast as it goes: the rate in question would warm a path up for minutes. */
  private static Contestant closed(Contestant path) {
    return path.with(path.path(), Load.closed(Kind.UNARY, path.load().connections(), 64, 0));
  }
}
