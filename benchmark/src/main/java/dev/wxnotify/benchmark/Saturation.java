package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.load.Transport;
import dev.wxnotify.benchmark.process.ChildProcess;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Target;
import dev.wxnotify.benchmark.report.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a message costs when the machine is full, beside what its parts cost at least. */
final class Saturation implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final int CONNECTIONS = 4;
  private static final double MOST_OF_FLOORS = 1.7;
  private static final double MOST_OF_RELAY = 1.2;
  private static final double MOST_OF_WXJAVA = 0.9;
  private static final double MOST_OF_WXJAVA_BY_BATCH = 1;

  /** The floors on one transport come in this order. */
  private static final int GRPC_UNARY = 0;

  private static final int GRPC_STREAM = 1;
  private static final int POST = 2;
  private static final int RELAY_UNARY = 3;
  private static final int RELAY_STREAM = 4;
  private static final int FLOORS = 5;

  @Override
  public Section run(Lab lab) throws Exception {
    Load alone = Load.closed(Kind.UNARY, IN_FLIGHT, IN_FLIGHT, lab.mode().seconds);
    ServerProcess server = lab.server();
    Optional<ServerProcess> other = lab.otherServer();
    List<Contestant> paths = new ArrayList<>();
    addServer(paths, lab, server);
    if (other.isPresent()) {
      addServer(paths, lab, other.get());
    }
    int wxJava = paths.size();
    for (int pool : new int[] {0, IN_FLIGHT}) {
      WorkerProcess process = lab.wxJava(pool);
      paths.add(new Contestant(process.name(), process, process, alone));
    }
    int floors = paths.size();
    for (Transport transport : transports(lab.mode(), server.transport())) {
      addFloors(paths, lab, transport);
    }
    int oneSet = paths.size();
    WorkerProcess relay = lab.bareRelayOfOneSet(server.transport());
    add(paths, relay, lab.caller(relay.port()), relay.name(), "stream", lab);
    List<Series> all = lab.compare(lab.mode().rounds, paths);
    List<Series> same = all.subList(floors, floors + FLOORS);
    Series unary = all.get(0);
    Series batch = all.get(1);
    Series tuned = all.get(wxJava + 1);
    Series post = same.get(POST);
    List<Target> targets = new ArrayList<>();
    targets.add(ratio("unary / bare relay", unary, MOST_OF_RELAY, same.get(RELAY_UNARY)));
    targets.add(ratio("BatchSend / bare relay", batch, MOST_OF_RELAY, same.get(RELAY_STREAM)));
    targets.add(
        ratio(
            "unary / (bare gRPC + bare HTTP)", unary, MOST_OF_FLOORS, same.get(GRPC_UNARY), post));
    targets.add(
        ratio(
            "BatchSend / (bare stream + bare HTTP)",
            batch,
            MOST_OF_FLOORS,
            same.get(GRPC_STREAM),
            post));
    targets.add(ratio("unary / " + tuned.path(), unary, MOST_OF_WXJAVA, tuned));
    targets.add(ratio("BatchSend / " + tuned.path(), batch, MOST_OF_WXJAVA_BY_BATCH, tuned));
    targets.add(stated("unary / bare relay, one set of threads", unary, all.get(oneSet)));
    targets.add(stated("BatchSend / bare relay, one set of threads", batch, all.get(oneSet + 1)));
    if (other.isPresent()) {
      addComparison(targets, all, lab.warmUps());
    }
    return Section.ofSeries(
        "CPU per message at saturation",
        IN_FLIGHT
            + " messages in flight, the upstream answers at once. CPU is that of the measured process"
            + " alone: the server's, or for WxJava and the bare HTTP client their own. The relay is a bare"
            + " gRPC server that posts by the bare HTTP client: the floors and what joins them. With one set"
            + " of threads it posts on the thread that read the request, so that no other is woken. Targets"
            + " are judged against the floors on "
            + server.transport()
            + ", by which this server reads and writes its sockets.",
        all,
        targets);
  }

  /** The floors of a smoke run are on one transport: a second one would show nothing more. */
  private static List<Transport> transports(Mode mode, Transport ofServer) {
    return mode == Mode.SMOKE ? List.of(ofServer) : ofServer.andEpoll();
  }

  private static void addServer(List<Contestant> paths, Lab lab, ServerProcess server)
      throws IOException, InterruptedException {
    add(paths, server, lab.caller(server.port()), server.name(), "BatchSend", lab);
  }

  private static void addFloors(List<Contestant> paths, Lab lab, Transport transport)
      throws IOException, InterruptedException {
    WorkerProcess bare = lab.bareServer(transport);
    add(paths, bare, lab.caller(bare.port()), bare.name(), "stream", lab);
    WorkerProcess http = lab.bareHttpClient(transport);
    Load alone = Load.closed(Kind.UNARY, IN_FLIGHT, IN_FLIGHT, lab.mode().seconds);
    paths.add(new Contestant(http.name(), http, http, alone));
    WorkerProcess relay = lab.bareRelay(transport);
    add(paths, relay, lab.caller(relay.port()), relay.name(), "stream", lab);
  }

  private static void add(
      List<Contestant> paths,
      ChildProcess process,
      WorkerProcess caller,
      String name,
      String stream,
      Lab lab) {
    double seconds = lab.mode().seconds;
    paths.add(
        new Contestant(
            name + ", unary",
            process,
            caller,
            Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, seconds)));
    paths.add(
        new Contestant(
            name + ", " + stream,
            process,
            caller,
            Load.closed(Kind.BATCH, CONNECTIONS, IN_FLIGHT, seconds)));
  }

  private static Target ratio(String what, Series of, double most, Series... sum) {
    Spread ratio = of.ratio(Measurement::cpu, sum);
    List<Series> madeOf = new ArrayList<>(List.of(sum));
    madeOf.add(of);
    return Target.of(
        "CPU of " + what,
        String.format(Locale.ROOT, "at most %.1f", most),
        ratio.show(2),
        ratio.median() <= most,
        madeOf.toArray(Series[]::new));
  }

  private static Target stated(String what, Series of, Series to) {
    return Target.stated(
        "CPU of " + what,
        of.ratio(Measurement::cpu, to).show(2),
        Stream.of(of.doubt(), to.doubt()));
  }

  /** The two servers, each with its two paths, come first in both lists. */
  private static void addComparison(List<Target> targets, List<Series> all, List<WarmUp> warmUps) {
    targets.add(stated("unary / other jar", all.get(0), all.get(2)));
    targets.add(stated("BatchSend / other jar", all.get(1), all.get(3)));
    targets.add(compared("CPU until steady", warmUps.get(0), warmUps.get(1), WarmUp::cpuSeconds));
    targets.add(
        compared(
            "CPU until steady, above the steady cost",
            warmUps.get(0),
            warmUps.get(1),
            WarmUp::excessCpuSeconds));
  }

  private static Target compared(
      String what, WarmUp ours, WarmUp other, ToDoubleFunction<WarmUp> figure) {
    double our = figure.applyAsDouble(ours);
    double their = figure.applyAsDouble(other);
    return Target.stated(
        what + " / other jar",
        String.format(Locale.ROOT, "%.2f (%.1f s / %.1f s)", our / their, our, their),
        Stream.of(ours.doubt(), other.doubt()));
  }
}
