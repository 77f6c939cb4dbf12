package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.load.Load;
import dev.wxnotify.benchmark.load.Load.Kind;
import dev.wxnotify.benchmark.process.ServerProcess;
import dev.wxnotify.benchmark.process.Usage;
import dev.wxnotify.benchmark.process.WorkerProcess;
import dev.wxnotify.benchmark.report.Measurement;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One stream of a million items on a server with a heap of 128 MB. */
final class Campaign implements Scenario {
  private static final String HEAP = "-Xmx128m";

  /** More than the server ever processes at once, so that the server sets the pace. */
  private static final int IN_FLIGHT = 10_000;

  private static final double MOST_GROWTH = 1.1;
  private static final double MIB = 1024 * 1024;

  @Override
  public Section run(Lab lab) throws Exception {
    List<String> flags = new ArrayList<>(lab.jvmFlags());
    flags.add(HEAP);
    long messages = lab.mode().longestStream;
    List<List<String>> rows = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    ServerProcess server = lab.server("wxnotify", flags, Map.of());
    WorkerProcess caller = lab.caller(server.port());
    Measurement measured =
        lab.measure(
            new Contestant(
                "one stream, " + HEAP,
                server,
                caller,
                new Load(Kind.BATCH, 1, IN_FLIGHT, 0, messages, 0, 0)),
            part -> {
              Usage usage = Usage.of(server.pid());
              resident.add(usage.residentBytes());
              rows.add(
                  List.of(
                      String.format("%.0f %%", 100 * part),
                      String.format("%,.0f", part * messages),
                      String.format("%.0f", usage.residentBytes() / MIB),
                      Integer.toString(usage.threads())));
            });
    double growth =
        (double) resident.get(resident.size() - 1) / resident.get(resident.size() / 2 - 1);
    boolean complete = measured.messages() == messages && measured.errors() == 0;
    long delivered = lab.delivered();
    return new Section(
        "A campaign on a small heap",
        String.format(
            "One stream of %,d items, %s: %,.0f messages/s, %.1f µs of CPU each, %d errors.",
            messages, HEAP, measured.perSecond(), measured.cpu(), measured.errors()),
        List.of("done", "items", "resident MiB", "threads"),
        rows,
        List.of(
            Target.of(
                "items accepted",
                String.format("%,d", messages),
                String.format("%,d", measured.messages() - measured.errors()),
                complete),
            Target.of(
                "messages that reached the upstream",
                String.format("%,d", messages),
                String.format("%,d", delivered),
                delivered == messages),
            Target.of(
                "resident memory at 100 % / at 50 %",
                "at most 1.1", String.format("%.2f", growth), growth <= MOST_GROWTH)),
        List.of(measured));
  }
}
