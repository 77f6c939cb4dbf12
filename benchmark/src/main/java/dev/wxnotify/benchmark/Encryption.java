package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What TLS costs, to the upstream and from the caller, beside plaintext. */
final class Encryption implements Scenario {
  private static final int IN_FLIGHT = 64;
  private static final int CONNECTIONS = 4;

  @Override
  public Section run(Lab lab) throws Exception {
    try (Certificates certificates = new Certificates()) {
      List<Contestant> contestants = new ArrayList<>();
      ServerProcess plain = lab.server();
      add(contestants, "plaintext", lab, plain, lab.caller(plain.port()));

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
              flags, Map.of("WXNOTIFY_WECHAT_BASE_URL", "https://localhost:" + upstream.port()));
      add(contestants, "TLS to the upstream", lab, out, lab.caller(out.port()));

      ServerProcess in =
          lab.server(
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
      return Section.ofSeries(
          "TLS",
          "As at saturation; connections stay open, so that handshakes do not count.",
          lab.compare(lab.mode().fewRounds, contestants),
          List.of());
    }
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
              server.pid(),
              caller,
              Load.closed(kind, CONNECTIONS, IN_FLIGHT, lab.mode().seconds)));
    }
  }
}
