package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.BareGrpcServer;
import dev.wxnotify.benchmark.load.BareHttpClient;
import dev.wxnotify.benchmark.load.GrpcClient;
import dev.wxnotify.benchmark.load.LoadResult;
import dev.wxnotify.benchmark.load.PageViewer;
import dev.wxnotify.benchmark.load.PushClient;
import dev.wxnotify.benchmark.load.Transport;
import dev.wxnotify.benchmark.load.Upstream;
import dev.wxnotify.benchmark.load.WxJavaClient;
import dev.wxnotify.benchmark.process.ChildProcess;
import dev.wxnotify.benchmark.process.Machine;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Round;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Steadiness;
import dev.wxnotify.benchmark.report.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Starts the processes of a scenario, measures them, and ends them.
 *
 * <p>It is long because it knows how each kind of process is started, and nothing else does.
 */
final class Lab implements AutoCloseable {
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;

  /** For processes that live for some seconds. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /**
   * What is measured, and how.
   *
   * @param jar the server's jar
   * @param otherJar the jar of a server to compare it with; null for none
   * @param jvmFlags of every process that is measured
   */
  record Setup(Mode mode, Path jar, @Nullable Path otherJar, List<String> jvmFlags) {}

  private final Setup setup;
  private final WorkerProcess upstream;
  private final List<WorkerProcess> upstreams = new ArrayList<>();
  private final Deque<ChildProcess> open = new ArrayDeque<>();
  private final List<Double> othersCores = new ArrayList<>();
  private final List<WarmUp> warmUps = new ArrayList<>();

  /** Why the figures of a warmed-up process are not valid; empty if they are. */
  private final Map<ChildProcess, String> doubts = new HashMap<>();

  Lab(Setup setup) throws IOException, InterruptedException {
    this.setup = setup;
    this.upstream = upstream();
  }

  /** Starts a fake WeChat; the lab always has one without options. */
  WorkerProcess upstream(String... options) throws IOException, InterruptedException {
    WorkerProcess made =
        keep(new WorkerProcess("upstream", helperFlags(), Upstream.class, options));
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

  WorkerProcess bareServer(Transport transport) throws IOException, InterruptedException {
    return floor("bare gRPC", BareGrpcServer.class, transport);
  }

  /** A bare server that posts a message before it answers. */
  WorkerProcess bareRelay(Transport transport) throws IOException, InterruptedException {
    return floor("bare relay", BareGrpcServer.class, transport, "--relay-to", upstreamPort());
  }

  /** The same, but it posts on the thread that read the request. */
  WorkerProcess bareRelayOfOneSet(Transport transport) throws IOException, InterruptedException {
    return floor(
        "bare relay, one set of threads,",
        BareGrpcServer.class,
        transport,
        "--one-set-of-threads",
        "--relay-to",
        upstreamPort());
  }

  WorkerProcess bareHttpClient(Transport transport) throws IOException, InterruptedException {
    return floor("bare HTTP", BareHttpClient.class, transport, "--port", upstreamPort());
  }

  private WorkerProcess floor(String name, Class<?> main, Transport transport, String... options)
      throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("--transport", transport.name()));
    args.addAll(List.of(options));
    return keep(
        new WorkerProcess(
            name + " on " + transport, setup.jvmFlags, main, args.toArray(String[]::new)));
  }

  WorkerProcess wxJava(int pool) throws IOException, InterruptedException {
    return keep(
        new WorkerProcess(
            pool == 0 ? "WxJava, default pool" : "WxJava, pool of " + pool,
            setup.jvmFlags,
            WxJavaClient.class,
            "--port",
            upstreamPort(),
            "--pool",
            "" + pool));
  }

  ServerProcess server() throws IOException, InterruptedException {
    return server("wxnotify", setup.jvmFlags, Map.of());
  }

  ServerProcess server(String name, List<String> jvmFlags, Map<String, String> settings)
      throws IOException, InterruptedException {
    return keep(new ServerProcess(name, setup.jar, jvmFlags, upstreamUrl(), settings));
  }

  /** Starts a server from the other jar; empty if there is no other jar. */
  Optional<ServerProcess> otherServer() throws IOException, InterruptedException {
    return setup.otherJar == null
        ? Optional.empty()
        : Optional.of(
            keep(
                new ServerProcess(
                    "wxnotify, other jar",
                    setup.otherJar,
                    setup.jvmFlags,
                    upstreamUrl(),
                    Map.of())));
  }

  /** A caller of a server on {@code port}. */
  WorkerProcess caller(int port, String... options) throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of("--port", Integer.toString(port)));
    args.addAll(List.of(options));
    return keep(
        new WorkerProcess("caller", helperFlags(), GrpcClient.class, args.toArray(String[]::new)));
  }

  /** WeChat's pushes to a server that takes them. */
  WorkerProcess weChatPushes(ServerProcess server) throws IOException, InterruptedException {
    return keep(
        new WorkerProcess(
            "WeChat's pushes",
            helperFlags(),
            PushClient.class,
            "--url",
            "http://127.0.0.1:" + server.pushPort() + "/wechat/shop",
            "--app-id",
            ServerProcess.APP_ID));
  }

  /** An operator who has the console of a server open. */
  WorkerProcess pageViewer(ServerProcess server) throws IOException, InterruptedException {
    return keep(
        new WorkerProcess(
            "operator", helperFlags(), PageViewer.class, "--url", server.console().toString()));
  }

  /** Returns the JVM flags of processes that are not measured. */
  private List<String> helperFlags() {
    return setup.mode == Mode.SMOKE ? SHORT_LIVED : List.of();
  }

  private String upstreamPort() {
    return Integer.toString(upstream.port());
  }

  /** Sets how long the upstream takes to answer from now on. */
  void slowUpstream(Duration latency) throws IOException, InterruptedException {
    var ignored = upstream.run(new Upstream.Setting(latency.toMillis()), Upstream.Seen.class);
  }

  /** Returns how many messages the upstream has received, and removes its latency. */
  long delivered() throws IOException, InterruptedException {
    return upstream.run(new Upstream.Setting(0), Upstream.Seen.class).messages();
  }

  /**
   * Warms up all paths until they are steady, then measures them, and measures again if one of them
   * turns out not to have been steady.
   */
  List<Series> compare(int rounds, List<Contestant> contestants)
      throws IOException, InterruptedException {
    List<List<Round>> before = warmUp(contestants);
    List<Series> measured = measureInTurns(rounds, contestants);
    if (!areKept(before, measured)) {
      before = measured.stream().map(Series::costs).toList();
      measured = measureInTurns(rounds, contestants);
    }
    return checked(before, measured);
  }

  private static boolean areKept(List<List<Round>> before, List<Series> measured) {
    List<Series> checked = checked(before, measured);
    return IntStream.range(0, measured.size())
        .allMatch(i -> checked.get(i).doubt().equals(measured.get(i).doubt()));
  }

  private static List<Series> checked(List<List<Round>> before, List<Series> measured) {
    double machine =
        Spread.of(
                IntStream.range(0, measured.size())
                    .mapToDouble(i -> Steadiness.change(before.get(i), measured.get(i).costs())))
            .median();
    return IntStream.range(0, measured.size())
        .mapToObj(i -> measured.get(i).checkedBy(before.get(i), machine))
        .toList();
  }

  /** Measures them in turns, and reverses the order after each round. */
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
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < contestants.size(); i++) {
      series.add(new Series(measured.get(i), doubt(contestants.get(i).process())));
    }
    return series;
  }

  /** Returns why the figures of a process must not be judged; empty if they may be. */
  String doubt(ChildProcess process) {
    return doubts.getOrDefault(process, process.name() + " was not warmed up");
  }

  /**
   * Runs the paths until the processes are steady, or up to the mode's limit.
   *
   * @return the last rounds of each path
   */
  List<List<Round>> warmUp(List<Contestant> contestants) throws IOException, InterruptedException {
    Map<ChildProcess, WarmingUp<Contestant>> processes = new LinkedHashMap<>();
    for (Contestant each : contestants) {
      ChildProcess process = each.process();
      double begin = doubts.containsKey(process) ? cpuSeconds(process) : 0;
      processes
          .computeIfAbsent(process, key -> new WarmingUp<>(key.name(), begin))
          .add(each.path(), each);
    }
    List<WarmUp> needed =
        WarmingUp.run(
            List.copyOf(processes.values()),
            setup.mode.mostWarmUpTurns,
            each -> round(each, setup.mode.warmUpSeconds));
    Map<ChildProcess, WarmUp> byProcess = new HashMap<>();
    Iterator<WarmUp> next = needed.iterator();
    for (ChildProcess process : processes.keySet()) {
      WarmUp warmUp = next.next();
      byProcess.put(process, warmUp);
      doubts.put(process, warmUp.doubt());
    }
    warmUps.addAll(needed);
    return contestants.stream()
        .map(each -> Objects.requireNonNull(byProcess.get(each.process())).last(each.path()))
        .toList();
  }

  /** Runs each of them for some seconds without measuring it. */
  void run(List<Contestant> contestants, double seconds) throws IOException, InterruptedException {
    for (Contestant each : contestants) {
      var ignored = round(each, seconds);
    }
  }

  private static Round round(Contestant contestant, double seconds)
      throws IOException, InterruptedException {
    double before = cpuSeconds(contestant.process());
    long begun = System.nanoTime();
    LoadResult result =
        contestant.generator().run(contestant.load().lasting(seconds), LoadResult.class);
    double took = (System.nanoTime() - begun) / NANOS_PER_SECOND;
    return new Round(result.messages(), took, before, cpuSeconds(contestant.process()));
  }

  private static double cpuSeconds(ChildProcess process) {
    return Usage.of(process.pid()).cpu().toNanos() / NANOS_PER_SECOND;
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

  /** Returns how many cores other work used, for each measurement. */
  List<Double> othersCores() {
    return List.copyOf(othersCores);
  }

  /** Returns what the processes needed until they were steady. */
  List<WarmUp> warmUps() {
    return List.copyOf(warmUps);
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
    open.forEach(ChildProcess::terminate); // Together, since each takes a moment.
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
