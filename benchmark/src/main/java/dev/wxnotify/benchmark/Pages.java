package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.load.PageViewer.Seen;
import dev.wxnotify.benchmark.load.PageViewer.Viewing;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What an open console costs the senders of messages. Two processes of one jar differ by
 * themselves, so there are three servers: one whose console is open, and two whose console is
 * closed, which show how large a difference means nothing.
 */
final class Pages implements Scenario {
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int PER_SECOND = 2_000;
  private static final Viewing OPEN = new Viewing(6, 2);
  private static final Viewing REPORT = new Viewing(0, 0);
  private static final Map<String, String> OPERATOR =
      Map.of("WXNOTIFY_GRPC_CALLERS_BENCHMARK_OPERATOR", "true");

  @Override
  public Section run(Lab lab) throws Exception {
    List<ServerProcess> servers =
        List.of(
            lab.server("pages closed", lab.jvmFlags(), OPERATOR),
            lab.server("pages closed too", lab.jvmFlags(), OPERATOR),
            lab.server("pages open", lab.jvmFlags(), OPERATOR));
    WorkerProcess viewer = lab.pageViewer(servers.get(2));
    List<Contestant> full = new ArrayList<>();
    for (ServerProcess server : servers) {
      full.add(
          new Contestant(
              server.name(),
              server,
              lab.caller(server.port()),
              Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, lab.mode().seconds)));
    }
    List<Contestant> rate =
        full.stream()
            .map(
                each ->
                    each.with(
                        each.path() + ", 2,000/s",
                        Load.open(CONNECTIONS, PER_SECOND, lab.mode().seconds)))
            .toList();
    viewer.run(OPEN, Seen.class);
    List<Series> all = new ArrayList<>(lab.compare(lab.mode().rounds, full));
    // What is compiled for a full machine is compiled again for this rate.
    for (int turn = 0; turn < lab.mode().rounds; turn++) {
      lab.run(rate, lab.mode().seconds);
    }
    all.addAll(lab.measureInTurns(lab.mode().rounds, rate));
    Seen seen = viewer.run(REPORT, Seen.class);
    return Section.ofSeries(
        "Pages open and closed",
        String.format(
            "%d live streams on the console of one server, and %d of its pages loaded each second,"
                + " all the time, by an operator with a session. The CPU of its messages includes"
                + " that of its pages: %,d pages and %,d events were seen. Noise is the largest"
                + " ratio of two servers with pages closed in one round.",
            seen.streams(), OPEN.pagesPerSecond(), seen.pages(), seen.events()),
        all,
        List.of(
            beside("CPU per message at full speed", Measurement::cpu, all.subList(0, 3)),
            beside("p50 at 2,000/s", Measurement::p50, all.subList(3, 6)),
            beside("p99 at 2,000/s", Measurement::p99, all.subList(3, 6)),
            Target.of(
                "pages that failed, and streams that ended",
                "none",
                seen.firstError().isEmpty() ? "none" : seen.firstError(),
                seen.pages() > 0 && seen.firstError().isEmpty(),
                Stream.of())));
  }

  /** Judges a figure of the servers in the order of {@link #run}. */
  private static Target beside(
      String what, ToDoubleFunction<Measurement> figure, List<Series> servers) {
    Series closed = servers.get(0);
    Spread noise = servers.get(1).ratio(figure, closed);
    double bound = Math.max(noise.most(), 1 / noise.least());
    Spread open = servers.get(2).ratio(figure, closed);
    return Target.of(
        what + ", pages open / closed",
        String.format("within the noise, at most %.2f", bound),
        open.show(2),
        open.median() <= bound,
        servers.toArray(Series[]::new));
  }
}
