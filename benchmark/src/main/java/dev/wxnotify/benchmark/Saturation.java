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
import java.util.Locale;

/** What a message costs when the machine is full, beside what its parts cost at least. */
final class Saturation implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final int CONNECTIONS = 4;
  private static final double MOST = 1.7;

  @Override
  public Section run(Lab lab) throws Exception {
    double seconds = lab.mode().seconds;
    Load unary = Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, seconds);
    Load batch = Load.closed(Kind.BATCH, CONNECTIONS, IN_FLIGHT, seconds);
    Load alone = Load.closed(Kind.UNARY, IN_FLIGHT, IN_FLIGHT, seconds);

    WorkerProcess bare = lab.bareServer();
    WorkerProcess bareCaller = lab.caller(bare.port());
    WorkerProcess http = lab.bareHttpClient();
    WorkerProcess relay = lab.bareRelay();
    WorkerProcess relayCaller = lab.caller(relay.port());
    ServerProcess server = lab.server();
    WorkerProcess caller = lab.caller(server.port());
    WorkerProcess wxJava = lab.wxJava(0);
    WorkerProcess wxJavaTuned = lab.wxJava(IN_FLIGHT);
    List<Series> all =
        lab.compare(
            lab.mode().rounds,
            List.of(
                new Contestant("bare gRPC, unary", bare.pid(), bareCaller, unary),
                new Contestant("bare gRPC, stream", bare.pid(), bareCaller, batch),
                new Contestant("bare HTTP POST", http.pid(), http, alone),
                new Contestant("bare relay, unary", relay.pid(), relayCaller, unary),
                new Contestant("bare relay, stream", relay.pid(), relayCaller, batch),
                new Contestant("wxnotify, unary", server.pid(), caller, unary),
                new Contestant("wxnotify, BatchSend", server.pid(), caller, batch),
                new Contestant("WxJava, default pool", wxJava.pid(), wxJava, alone),
                new Contestant("WxJava, pool of 64", wxJavaTuned.pid(), wxJavaTuned, alone)));
    Series grpcUnary = all.get(0);
    Series grpcStream = all.get(1);
    Series post = all.get(2);
    Series unaryRelay = all.get(3);
    Series streamRelay = all.get(4);
    Series ourUnary = all.get(5);
    Series ourBatch = all.get(6);
    Series tuned = all.get(8);
    return Section.ofSeries(
        "CPU per message at saturation",
        IN_FLIGHT
            + " messages in flight, the upstream answers at once. CPU is that of the measured process"
            + " alone: the server's, or for WxJava and the bare HTTP client their own. The relay is a bare"
            + " gRPC server that posts by the bare HTTP client: the floors and what joins them.",
        all,
        List.of(
            ratio("CPU of unary / (bare gRPC + bare HTTP)", ourUnary, MOST, grpcUnary, post),
            ratio("CPU of BatchSend / (bare stream + bare HTTP)", ourBatch, MOST, grpcStream, post),
            ratio("CPU of unary / bare relay", ourUnary, MOST, unaryRelay),
            ratio("CPU of BatchSend / bare relay", ourBatch, MOST, streamRelay),
            ratio("CPU of unary / WxJava, pool of 64", ourUnary, 1, tuned),
            ratio("CPU of BatchSend / WxJava, pool of 64", ourBatch, 1, tuned)));
  }

  private static Target ratio(String what, Series of, double most, Series... sum) {
    Spread ratio = of.ratio(Measurement::cpu, sum);
    return new Target(
        what,
        String.format(Locale.ROOT, "at most %.1f", most),
        ratio.show(2),
        ratio.median() <= most);
  }
}
