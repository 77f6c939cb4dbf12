package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.load.LoadResult;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Series;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Target;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the journal costs: the server with one in PostgreSQL, on the same machine, beside the server
 * with none. Both have 128 MiB.
 */
final class JournalCost implements Scenario {
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 64;
  private static final int PER_SECOND = 5_000;
  private static final double MOST_CPU_MICROS = 3;
  private static final double MIB = 1024 * 1024;
  private static final Duration FLUSH = Duration.ofSeconds(30);

  private final Duration soak;

  /** Watches memory and losses for {@code soak}. */
  JournalCost(Duration soak) {
    this.soak = soak;
  }

  @Override
  public Section run(Lab lab) throws Exception {
    List<String> flags = new ArrayList<>(lab.jvmFlags());
    flags.addAll(ServerFlags.SMALL);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        ServerProcess off = lab.server("wxnotify, journal in memory", flags, Map.of());
        ServerProcess on =
            lab.server(
                "wxnotify, journal in PostgreSQL",
                flags,
                Map.of(
                    "WXNOTIFY_JOURNAL_URL",
                    "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                    "WXNOTIFY_JOURNAL_USER",
                    "postgres"))) {
      WorkerProcess callerOff = lab.caller(off.port());
      WorkerProcess callerOn = lab.caller(on.port());
      Load full = Load.closed(Kind.UNARY, CONNECTIONS, IN_FLIGHT, lab.mode().seconds);
      Load rate = Load.open(CONNECTIONS, PER_SECOND, lab.mode().seconds);
      List<Series> all =
          new ArrayList<>(
              lab.compare(
                  lab.mode().rounds,
                  List.of(
                      new Contestant(off.name(), off, callerOff, full),
                      new Contestant(on.name(), on, callerOn, full))));
      all.addAll(
          lab.measureInTurns(
              lab.mode().rounds,
              List.of(
                  new Contestant(off.name() + ", 5,000/s", off, callerOff, rate),
                  new Contestant(on.name() + ", 5,000/s", on, callerOn, rate))));
      List<Target> targets = new ArrayList<>();
      targets.add(
          difference(
              "CPU per message of the server, with PostgreSQL less without",
              "at most 3 µs",
              all.get(1),
              all.get(0),
              true));
      targets.add(
          difference(
              "p50 at 5,000/s, with PostgreSQL less without",
              "stated",
              all.get(3),
              all.get(2),
              false));
      targets.addAll(soak(lab, postgres, on, callerOn));
      return Section.ofSeries(
          "The journal",
          "Single calls at saturation and at 5,000/s, with -Xmx128m. PostgreSQL is on the same"
              + " machine, with its defaults; its own CPU is not in the figures. Saturation may lose"
              + " records, which the server counts; at 5,000/s none may be lost.",
          all,
          targets);
    }
  }

  private static Target difference(
      String what, String wanted, Series with, Series without, boolean isCpu) {
    Spread spread =
        Spread.of(
            IntStream.range(0, with.rounds().size())
                .mapToDouble(
                    i ->
                        figure(with.rounds().get(i), isCpu)
                            - figure(without.rounds().get(i), isCpu)));
    String measured = spread.show(1) + " µs";
    return isCpu
        ? Target.of(what, wanted, measured, spread.median() <= MOST_CPU_MICROS, with, without)
        : Target.stated(what, measured, Stream.of(with.doubt(), without.doubt()));
  }

  private static double figure(Measurement of, boolean isCpu) {
    return isCpu ? of.cpu() : of.p50();
  }

  /** Every message of a steady load has its record, and memory stays flat. */
  private List<Target> soak(
      Lab lab, EmbeddedPostgres postgres, ServerProcess server, WorkerProcess caller)
      throws Exception {
    long before = settled(postgres);
    long residentBefore = Usage.of(server.pid()).residentBytes();
    LoadResult result =
        caller.run(Load.open(CONNECTIONS, PER_SECOND, soak.toMillis() / 1e3), LoadResult.class);
    long kept = settled(postgres) - before;
    double growth = (Usage.of(server.pid()).residentBytes() - residentBefore) / MIB;
    return List.of(
        Target.of(
            "messages at 5,000/s for " + soak.toSeconds() + " s without a record",
            "none",
            (result.messages() - kept) + " of " + result.messages(),
            result.messages() == kept,
            Stream.of(lab.doubt(server))),
        Target.stated(
            "growth of resident memory meanwhile",
            String.format("%.0f MiB", growth),
            Stream.of(lab.doubt(server))));
  }

  /** Returns how many records there are, when no more come. */
  private static long settled(EmbeddedPostgres postgres) throws SQLException, InterruptedException {
    long end = System.nanoTime() + FLUSH.toNanos();
    long count = count(postgres);
    while (System.nanoTime() - end < 0) {
      Thread.sleep(2_000); // Longer than records wait for their batch.
      long now = count(postgres);
      if (now == count) {
        return now;
      }
      count = now;
    }
    return count;
  }

  private static long count(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM message")) {
      row.next();
      return row.getLong(1);
    }
  }
}
