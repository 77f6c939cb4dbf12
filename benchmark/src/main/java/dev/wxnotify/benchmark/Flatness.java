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
import java.util.ArrayList;
import java.util.List;

/** Whether a message costs the same in a long stream as in a short one, and on many connections. */
final class Flatness implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final long SHORTEST = 1_000;
  private static final int FACTOR = 10;
  private static final long MESSAGES = 100_000;
  private static final double MOST = 1.15;

  @Override
  public Section run(Lab lab) throws Exception {
    ServerProcess server = lab.server();
    WorkerProcess caller = lab.caller(server.port());
    List<Contestant> lengths = new ArrayList<>();
    for (long length = SHORTEST; length <= lab.mode().longestStream; length *= FACTOR) {
      long messages = Math.max(length, Math.min(MESSAGES, lab.mode().longestStream));
      lengths.add(
          new Contestant(
              String.format("BatchSend, streams of %,d", length),
              server,
              caller,
              Load.streams(IN_FLIGHT, messages, length)));
    }
    WorkerProcess bare = lab.bareServer(server.transport());
    WorkerProcess bareCaller = lab.caller(bare.port());
    List<Contestant> connections = new ArrayList<>();
    List<Contestant> bareConnections = new ArrayList<>();
    for (int count : new int[] {1, 8, 64}) {
      Load load = Load.closed(Kind.UNARY, count, IN_FLIGHT, lab.mode().seconds);
      String name = "unary, " + count + " connections";
      connections.add(new Contestant(name, server, caller, load));
      bareConnections.add(new Contestant("bare gRPC, " + name, bare, bareCaller, load));
    }
    List<Series> byLength = lab.compare(lab.mode().fewRounds, lengths);
    connections.addAll(bareConnections);
    List<Series> byConnections = lab.compare(lab.mode().fewRounds, connections);
    List<Series> ours = byConnections.subList(0, bareConnections.size());
    List<Series> theirs = byConnections.subList(bareConnections.size(), connections.size());
    List<Series> all = new ArrayList<>(byLength);
    all.addAll(byConnections);
    return Section.ofSeries(
        "From few to many",
        "Streams of each length, one after the other, and "
            + IN_FLIGHT
            + " messages in flight. On 64 connections each message is alone on its connection, and"
            + " costs a read and a write of its own, for a bare gRPC server too.",
        all,
        List.of(
            flat("length of stream", byLength),
            flat("connections", ours),
            flat("connections, of bare gRPC for comparison", theirs)));
  }

  private static Target flat(String what, List<Series> series) {
    Spread medians =
        Spread.of(series.stream().mapToDouble(each -> each.of(Measurement::cpu).median()));
    double ratio = medians.most() / medians.least();
    return Target.of(
        "CPU per message over " + what + ", most / least",
        "at most 1.15",
        String.format("%.2f", ratio),
        ratio <= MOST,
        series.stream().map(Series::doubt));
  }
}
