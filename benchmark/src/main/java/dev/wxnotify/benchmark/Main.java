package dev.wxnotify.benchmark;

import dev.wxnotify.benchmark.process.Machine;
import dev.wxnotify.benchmark.report.Report;
import dev.wxnotify.benchmark.report.Section;
import dev.wxnotify.benchmark.report.Spread;
import dev.wxnotify.benchmark.report.Steadiness;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The benchmark's command. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = "Compares wxnotify with the minimum cost of its parts, and with WxJava.")
public final class Main implements Callable<Integer> {
  @Option(names = "--mode", description = "${COMPLETION-CANDIDATES}", defaultValue = "QUICK")
  private Mode mode = Mode.QUICK;

  @Option(
      names = "--only",
      split = ",",
      description =
          "Only these scenarios: start, first-30s, saturation, slow-upstream, latency, flatness,"
              + " security, campaign, push, memory, journal, pages, sweep.")
  private List<String> only = List.of();

  @Option(
      names = {"--jar", "--server-jar"},
      description = "The server.",
      defaultValue = "server/target/wxnotify-server.jar")
  private Path jar = Path.of("server/target/wxnotify-server.jar");

  @Option(
      names = "--compare-jar",
      description =
          "Another server, such as an earlier version: measured in turns with the server, in"
              + " saturation and first-30s.")
  private @Nullable Path compareJar;

  @Option(
      names = "--out",
      description = "The directory for report.md, report.json and report.svg.",
      defaultValue = "benchmark/target/report")
  private Path out = Path.of("benchmark/target/report");

  @Option(
      names = "--jvm-flags",
      split = " ",
      description = "For every process that is measured; separated by spaces.")
  private List<String> jvmFlags = List.of();

  @Option(
      names = "--soak-seconds",
      description = "How long memory is watched (default: by mode; 600 for ten minutes).")
  private int soakSeconds;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs, and ends with 0 if every scenario ran, whether or not its targets were met. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // For the numbers in the report.
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter log = spec.commandLine().getErr();
    for (Path each : compareJar == null ? List.of(jar) : List.of(jar, compareJar)) {
      if (!Files.exists(each)) {
        log.println("no " + each + ": build it first, with mvn package");
        return CommandLine.ExitCode.USAGE;
      }
    }
    Lab.Setup setup = new Lab.Setup(mode, jar, compareJar, jvmFlags);
    List<Section> sections = new ArrayList<>();
    List<Double> othersCores = new ArrayList<>();
    for (Map.Entry<String, Scenario> each : scenarios().entrySet()) {
      if (!only.isEmpty() && !only.contains(each.getKey())) {
        continue;
      }
      log.println(
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
              + " "
              + each.getKey());
      log.flush();
      try (Lab lab = new Lab(setup)) {
        Section section = each.getValue().run(lab).warmedUp(lab.warmUps());
        sections.add(mode == Mode.SMOKE ? section.notJudged("a smoke run") : section);
        othersCores.addAll(lab.othersCores());
      }
      report(sections, othersCores).write(out); // So that an interrupted run was not for nothing.
    }
    Report report = report(sections, othersCores);
    spec.commandLine().getOut().println(report.markdown());
    return CommandLine.ExitCode.OK;
  }

  private Map<String, Scenario> scenarios() {
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    scenarios.put("start", new StartUp());
    scenarios.put("first-30s", new FirstSeconds());
    scenarios.put("saturation", new Saturation());
    scenarios.put("slow-upstream", new SlowUpstream());
    scenarios.put("latency", new AddedLatency());
    scenarios.put("flatness", new Flatness());
    scenarios.put("security", new Security());
    scenarios.put("campaign", new Campaign());
    scenarios.put("push", new Pushes());
    scenarios.put("memory", new Memory(soak()));
    scenarios.put("journal", new JournalCost(soak()));
    scenarios.put("pages", new Pages());
    scenarios.put("sweep", new Sweep(out.resolve("report.svg")));
    return scenarios;
  }

  private Duration soak() {
    return soakSeconds > 0
        ? Duration.ofSeconds(soakSeconds)
        : Duration.ofMillis((long) (10_000 * mode.seconds));
  }

  private Report report(List<Section> sections, List<Double> othersCores) {
    return new Report(
        Machine.describe(),
        String.format(
            Locale.ROOT,
            "mode %s, %d rounds of %.1f s (%d where neither CPU nor latency is in question), each process"
                + " warmed up before by turns of %.1f s until the halves of %d of them in a row had the same"
                + " median cost on each of its paths (within %.0f %%), in %d turns at most; JVM flags of the"
                + " measured processes: %s",
            mode.name().toLowerCase(Locale.ROOT),
            mode.rounds,
            mode.seconds,
            mode.fewRounds,
            mode.warmUpSeconds,
            Steadiness.WINDOW,
            100 * Steadiness.TOLERANCE,
            mode.mostWarmUpTurns,
            jvmFlags.isEmpty() ? "none" : String.join(" ", jvmFlags)),
        Spread.of(
            othersCores.isEmpty()
                ? DoubleStream.of(0)
                : othersCores.stream().mapToDouble(Double::doubleValue)),
        sections);
  }
}
