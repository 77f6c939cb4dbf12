package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.BareGrpcServer;
import dev.wxnotify.benchmark.load.BareHttpClient;
import dev.wxnotify.benchmark.load.GrpcClient;
import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.LoadResult;
import dev.wxnotify.benchmark.load.Upstream;
import dev.wxnotify.benchmark.load.WxJavaClient;
import dev.wxnotify.benchmark.process.ChildProcess;
import dev.wxnotify.benchmark.process.Machine;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.HdrHistogram.Histogram;

/** Starts what a scenario needs, measures, and ends it all. */
final class Lab implements AutoCloseable {
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * What is measured, and how.
   *
   * @param jar the server's
   * @param jvmFlags of every process that is measured
   */
  record Setup(Mode mode, Path jar, List<String> jvmFlags) {}

  private final Setup setup;
  private final WorkerProcess upstream;
  private final List<WorkerProcess> upstreams = new ArrayList<>();
  private final Deque<ChildProcess> open = new ArrayDeque<>();
  private final List<Double> othersCores = new ArrayList<>();

  Lab(Setup setup) throws IOException, InterruptedException {
    this.setup = setup;
    this.upstream = upstream();
  }

  /** Starts a fake WeChat; the lab has one without options from its beginning. */
  WorkerProcess upstream(String... options) throws IOException, InterruptedException {
    WorkerProcess made = keep(new WorkerProcess(List.of(), Upstream.class, options));
    upstreams.add(made);
    return made;
  }

  Mode mode() {
    return setup.mode;
  }

  Path jar() {
    return setup.jar;
  }

  List<String> jvmFlags() {
    return setup.jvmFlags;
  }

  String upstreamUrl() {
    return "http://127.0.0.1:" + upstream.port();
  }

  /** Ends {@code process} together with the lab, if not before. */
  <T extends ChildProcess> T keep(T process) {
    open.push(process);
    return process;
  }

  WorkerProcess bareServer() throws IOException, InterruptedException {
    return keep(new WorkerProcess(setup.jvmFlags, BareGrpcServer.class));
  }

  /** A bare server that posts a message before it answers. */
  WorkerProcess bareRelay() throws IOException, InterruptedException {
    return keep(
        new WorkerProcess(setup.jvmFlags, BareGrpcServer.class, "--relay-to", upstreamPort()));
  }

  WorkerProcess bareHttpClient() throws IOException, InterruptedException {
    return keep(new WorkerProcess(setup.jvmFlags, BareHttpClient.class, "--port", upstreamPort()));
  }

  WorkerProcess wxJava(int pool) throws IOException, InterruptedException {
    return keep(
        new WorkerProcess(
            setup.jvmFlags, WxJavaClient.class, "--port", upstreamPort(), "--pool", "" + pool));
  }

  ServerProcess server() throws IOException, InterruptedException {
    return server(setup.jvmFlags, Map.of());
  }

  ServerProcess server(List<String> jvmFlags, Map<String, String> settings)
      throws IOException, InterruptedException {
    return keep(new ServerProcess(setup.jar, jvmFlags, upstreamUrl(), settings));
  }

  /** A caller of a server on {@code port}. */
  WorkerProcess caller(int port, String... options) throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("--port", Integer.toString(port)));
    args.addAll(List.of(options));
    return keep(new WorkerProcess(List.of(), GrpcClient.class, args.toArray(String[]::new)));
  }

  private String upstreamPort() {
    return Integer.toString(upstream.port());
  }

  /** From now on the upstream takes this long to answer. */
  void slowUpstream(Duration latency) throws IOException, InterruptedException {
    var ignored = upstream.run(new Upstream.Setting(latency.toMillis()), Upstream.Seen.class);
  }

  /** How many messages the upstream took so far; it is fast from now on. */
  long delivered() throws IOException, InterruptedException {
    return upstream.run(new Upstream.Setting(0), Upstream.Seen.class).messages();
  }

  /** Warms all of them up, then measures them. */
  List<Series> compare(int rounds, List<Contestant> contestants)
      throws IOException, InterruptedException {
    warmUp(contestants);
    return measureInTurns(rounds, contestants);
  }

  /** Measures them in turns, each round in the other direction. */
  List<Series> measureInTurns(int rounds, List<Contestant> contestants)
      throws IOException, InterruptedException {
    List<List<Measurement>> measured = new ArrayList<>();
    contestants.forEach(each -> measured.add(new ArrayList<>()));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < contestants.size(); i++) {
      order.add(i);
    }
    for (int round = 0; round < rounds; round++) {
      for (int i : order) {
        measured.get(i).add(measure(contestants.get(i)));
      }
      Collections.reverse(order);
    }
    return measured.stream().map(Series::new).toList();
  }

  /**
   * Runs the paths without measuring them, in turns too: code that was compiled for one path is
   * compiled again when another runs through it.
   */
  void warmUp(List<Contestant> contestants) throws IOException, InterruptedException {
    for (int turn = 0; turn < setup.mode.warmUpTurns; turn++) {
      for (Contestant each : contestants) {
        Load load = each.load().lasting(setup.mode.warmUpSeconds);
        var ignored = each.generator().run(load, LoadResult.class);
      }
    }
  }

  Measurement measure(Contestant contestant) throws IOException, InterruptedException {
    return measure(contestant, part -> {});
  }

  Measurement measure(Contestant contestant, DoubleConsumer progress)
      throws IOException, InterruptedException {
    Duration machine = Machine.busy();
    Duration ours = ourCpu();
    Usage before = Usage.of(contestant.pid());
    Duration upstreamBefore = upstreamCpu();
    long begun = System.nanoTime();
    LoadResult result = contestant.generator().run(contestant.load(), LoadResult.class, progress);
    double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
    Usage after = Usage.of(contestant.pid());
    Duration upstreamUsed = upstreamCpu().minus(upstreamBefore);
    Duration others = Machine.busy().minus(machine).minus(ourCpu().minus(ours));
    othersCores.add(Math.max(0, others.toNanos() / NANOS_PER_SECOND / seconds));
    Histogram latencies = result.histogram();
    return new Measurement(
        contestant.path(),
        contestant.load(),
        result.messages(),
        result.errors(),
        result.firstError(),
        result.perSecond(),
        micros(after.cpu().minus(before.cpu()), result.messages()),
        micros(latencies, 50),
        micros(latencies, 95),
        micros(latencies, 99),
        micros(latencies, 99.9),
        after.residentBytes(),
        after.threads(),
        micros(upstreamUsed, result.messages()),
        othersCores.get(othersCores.size() - 1));
  }

  /** Returns how many cores other work took, for each measurement. */
  List<Double> othersCores() {
    return List.copyOf(othersCores);
  }

  private Duration upstreamCpu() {
    return upstreams.stream()
        .map(each -> Usage.of(each.pid()).cpu())
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration ourCpu() {
    return ProcessHandle.current()
        .descendants()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(
            ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO),
            Duration::plus);
  }

  private static double micros(Duration cpu, long messages) {
    return cpu.toNanos() / NANOS_PER_MICRO / messages;
  }

  private static double micros(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
