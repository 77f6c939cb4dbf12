package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** WeChat at a distance of 100 ms, where what counts is how many messages are under way. */
final class SlowUpstream implements Scenario {
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final int CONNECTIONS = 512;

  /** Little's law: messages under way, divided by the time that each takes. */
  private static final double MOST_PER_SECOND = CONNECTIONS * 1e9 / LATENCY.toNanos();

  private static final double LEAST_PART = 0.95;
  private static final double LEAST_TIMES = 10;
  private static final double MOST_LATENCIES = 1.5;

  /** More than there are connections, and fewer than the server takes at once. */
  private static final int UNARY_IN_FLIGHT = 900;

  private static final int BATCH_IN_FLIGHT = 2_000;
  private static final int BESIDE_PER_SECOND = 50;

  @Override
  public Section run(Lab lab) throws Exception {
    double seconds = lab.mode().seconds;
    Load alone = Load.closed(Kind.UNARY, CONNECTIONS, CONNECTIONS, seconds);
    ServerProcess server = lab.server();
    WorkerProcess caller = lab.caller(server.port());
    WorkerProcess other = lab.caller(server.port());
    WorkerProcess wxJava = lab.wxJava(0);
    WorkerProcess wxJavaTuned = lab.wxJava(CONNECTIONS);
    Contestant batch =
        new Contestant(
            "wxnotify, BatchSend",
            server,
            caller,
            Load.closed(Kind.BATCH, 1, BATCH_IN_FLIGHT, seconds));
    List<Contestant> paths =
        List.of(
            batch.with("wxnotify, unary", Load.closed(Kind.UNARY, 4, UNARY_IN_FLIGHT, seconds)),
            batch,
            new Contestant("WxJava, default pool", wxJava, wxJava, alone),
            new Contestant("WxJava, pool of 512", wxJavaTuned, wxJavaTuned, alone));
    Contestant beside =
        new Contestant(
            "single calls beside it", server, other, Load.open(4, BESIDE_PER_SECOND, seconds));
    List<Contestant> fast = new ArrayList<>(paths);
    fast.add(beside.with(beside.path(), Load.closed(Kind.UNARY, 4, 64, seconds)));
    var ignored = lab.warmUp(fast); // While the upstream is.
    lab.slowUpstream(LATENCY);
    List<Series> all = new ArrayList<>(lab.measureInTurns(lab.mode().fewRounds, paths));
    List<Measurement> batches = new ArrayList<>();
    List<Measurement> singles = new ArrayList<>();
    for (int i = 0; i < lab.mode().fewRounds; i++) {
      CompletableFuture<Measurement> single =
          CompletableFuture.supplyAsync(() -> measure(lab, beside));
      batches.add(lab.measure(batch.with("a batch with single calls beside it", batch.load())));
      singles.add(single.get());
    }
    all.add(new Series(batches, lab.doubt(server)));
    all.add(new Series(singles, lab.doubt(server)));
    lab.slowUpstream(Duration.ZERO);
    double wxJavaRate = all.get(2).of(Measurement::perSecond).median();
    double unaryRate = all.get(0).of(Measurement::perSecond).median();
    double single95 = all.get(5).of(Measurement::p95).median();
    double latencyMicros = LATENCY.toNanos() / 1e3;
    return Section.ofSeries(
        "An upstream that takes 100 ms",
        "The server has its default limits (512 connections), callers keep more in flight than that, and"
            + " WxJava has 512 threads. With batch and single calls at once, each CPU figure is that of the"
            + " whole server.",
        all,
        List.of(
            littlesLaw("unary", all.get(0)),
            littlesLaw("BatchSend", all.get(1)),
            littlesLaw("BatchSend with single calls beside it", all.get(4)),
            Target.of(
                "unary / WxJava's default pool",
                "at least 10 times",
                String.format(Locale.ROOT, "%.0f times", unaryRate / wxJavaRate),
                unaryRate >= LEAST_TIMES * wxJavaRate,
                all.get(0),
                all.get(2)),
            Target.of(
                "p95 of single calls beside a batch",
                "below 150 ms",
                String.format(Locale.ROOT, "%.0f ms", single95 / 1e3),
                single95 < MOST_LATENCIES * latencyMicros,
                all.get(5))));
  }

  private static Target littlesLaw(String what, Series series) {
    double part = series.of(Measurement::perSecond).median() / MOST_PER_SECOND;
    return Target.of(
        what + ", of the 5,120 messages/s of Little's law",
        "at least 95 %",
        String.format(Locale.ROOT, "%.1f %%", 100 * part),
        part >= LEAST_PART,
        series);
  }

  private static Measurement measure(Lab lab, Contestant contestant) {
    try {
      return lab.measure(contestant);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
