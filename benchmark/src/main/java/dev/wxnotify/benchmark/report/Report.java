package dev.wxnotify.benchmark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Everything that a run found.
 *
 * @param machine what it ran on
 * @param settings how: rounds, warm-up, JVM flags
 * @param busyWithOthers cores that other work took meanwhile; a run with much of it says little
 * @param sections what was found
 */
public record Report(
    String machine, String settings, Spread busyWithOthers, List<Section> sections) {

  private static final List<String> WARM_UP =
      List.of(
          "process", "steady", "turns", "messages", "s", "CPU s", "CPU s above the steady cost");

  /** Writes {@code report.md} and {@code report.json}. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("report.md"), markdown());
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(directory.resolve("report.json").toFile(), this);
  }

  /** Returns it for people. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("# Benchmark report\n\n");
    text.append("Machine: ").append(machine).append(".\n\n");
    text.append("Settings: ").append(settings).append(".\n\n");
    text.append("Other work on the machine took ")
        .append(busyWithOthers.show(2))
        .append(" cores. Figures are medians (least–most) of the rounds.\n");
    for (Section section : sections) {
      text.append("\n## ").append(section.title()).append("\n\n");
      text.append(section.explanation()).append("\n\n");
      table(text, section.header(), section.rows());
      if (!section.targets().isEmpty()) {
        text.append('\n');
        table(
            text,
            List.of("target", "wanted", "measured", "met"),
            section.targets().stream()
                .map(each -> List.of(each.what(), each.wanted(), each.measured(), each.inWords()))
                .toList());
      }
      if (!section.warmUps().isEmpty()) {
        text.append("\nUntil steady:\n\n");
        table(text, WARM_UP, section.warmUps().stream().map(Report::row).toList());
      }
    }
    return text.toString();
  }

  private static List<String> row(WarmUp warmUp) {
    return List.of(
        warmUp.process(),
        warmUp.steady() ? "yes" : "no",
        Integer.toString(warmUp.turns()),
        String.format(Locale.ROOT, "%,d", warmUp.messages()),
        String.format(Locale.ROOT, "%.1f", warmUp.seconds()),
        String.format(Locale.ROOT, "%.1f", warmUp.cpuSeconds()),
        String.format(Locale.ROOT, "%.1f", warmUp.excessCpuSeconds()));
  }

  private static void table(StringBuilder text, List<String> header, List<List<String>> rows) {
    row(text, header);
    row(text, header.stream().map(column -> "---").toList());
    rows.forEach(row -> row(text, row));
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
