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
import java.util.Map;

/**
 * The cost of callers with tokens compared with none, and of TLS, to the upstream and from the
 * caller, compared with plaintext.
 */
final class Security implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final int CONNECTIONS = 4;
  private static final double MOST = 1.1;

  @Override
  public Section run(Lab lab) throws Exception {
    try (Certificates certificates = new Certificates()) {
      List<Contestant> contestants = new ArrayList<>();
      ServerProcess plain = lab.server();
      add(contestants, "callers, plaintext", lab, plain, lab.caller(plain.port()));

      ServerProcess open =
          lab.server("wxnotify, no callers", lab.jvmFlags(), ServerProcess.NO_CALLERS);
      add(contestants, "no callers", lab, open, lab.caller(open.port(), "--anonymous"));

      WorkerProcess upstream =
          lab.upstream(
              "--certificate",
              certificates.certificate().toString(),
              "--key",
              certificates.key().toString());
      List<String> flags = new ArrayList<>(lab.jvmFlags());
      flags.addAll(certificates.trustFlags());
      ServerProcess out =
          lab.server(
              "wxnotify, TLS to the upstream",
              flags,
              Map.of("WXNOTIFY_WECHAT_BASE_URL", "https://localhost:" + upstream.port()));
      add(contestants, "TLS to the upstream", lab, out, lab.caller(out.port()));

      ServerProcess in =
          lab.server(
              "wxnotify, TLS from the caller",
              lab.jvmFlags(),
              Map.of(
                  "WXNOTIFY_GRPC_TLS_CERTIFICATE", certificates.certificate().toString(),
                  "WXNOTIFY_GRPC_TLS_PRIVATE_KEY", certificates.key().toString()));
      add(
          contestants,
          "TLS from the caller",
          lab,
          in,
          lab.caller(in.port(), "--ca", certificates.certificate().toString()));
      List<Series> all = lab.compare(lab.mode().fewRounds, contestants);
      return Section.ofSeries(
          "Security",
          "As at saturation; connections stay open, so that handshakes do not count.",
          all,
          List.of(
              ratio("unary", all.get(0), all.get(2)), ratio("BatchSend", all.get(1), all.get(3))));
    }
  }

  private static Target ratio(String what, Series callers, Series none) {
    Spread ratio = callers.ratio(Measurement::cpu, none);
    return Target.of(
        "CPU of " + what + ", callers with tokens / no callers",
        "at most 1.1",
        ratio.show(2),
        ratio.median() <= MOST,
        callers,
        none);
  }

  private static void add(
      List<Contestant> contestants,
      String name,
      Lab lab,
      ServerProcess server,
      WorkerProcess caller) {
    for (Kind kind : Kind.values()) {
      contestants.add(
          new Contestant(
              (kind == Kind.UNARY ? "unary, " : "BatchSend, ") + name,
              server,
              caller,
              Load.closed(kind, CONNECTIONS, IN_FLIGHT, lab.mode().seconds)));
    }
  }
}
