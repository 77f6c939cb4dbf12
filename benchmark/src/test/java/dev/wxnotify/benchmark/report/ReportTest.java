package dev.wxnotify.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final WarmUp STEADY =
      WarmUp.of(
          "wxnotify",
          0,
          List.of(
              new WarmUp.Path(
                  "unary", Rounds.after(1, 100, 40, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20))));

  @Test
  void markdown_seriesInDoubt_isMarkedAndItsTargetSaysWhy() {
    Series series = SeriesTest.series("server was not steady after 30 turns", 20, 25);

    String text = report(series).markdown();

    assertThat(text)
        .contains("| server, unary (not steady) |")
        .contains("| CPU | at most 30 | 22 | not judged: server was not steady after 30 turns |");
  }

  @Test
  void markdown_warmUps_tellWhatEachProcessNeeded() {
    String text = report(SeriesTest.series("", 20)).markdown();

    assertThat(text)
        .contains(
            "| process | steady | turns | messages | s | CPU s | CPU s above the steady cost |")
        .contains("| wxnotify | yes | 2 | 200,000 | 2.0 | 15.0 | 11.0 |");
  }

  @Test
  void notJudged_sectionOfMetTargets_judgesNone() {
    Section section = report(SeriesTest.series("", 20)).sections().get(0).notJudged("a smoke run");

    assertThat(section.targets())
        .extracting(Target::inWords)
        .containsOnly("not judged: a smoke run");
  }

  @Test
  void write_anyReport_hasRoundsAndVerdictsInItsJson(@TempDir Path out) throws Exception {
    report(SeriesTest.series("", 20)).write(out);

    JsonNode section =
        new ObjectMapper().readTree(out.resolve("report.json").toFile()).at("/sections/0");
    assertThat(section.at("/targets/0/verdict").asText()).isEqualTo("MET");
    assertThat(section.at("/warmUps/0/paths/0/rounds")).hasSize(12);
    assertThat(Files.readString(out.resolve("report.md"))).startsWith("# Benchmark report");
  }

  private static Report report(Series series) {
    Section section =
        Section.ofSeries(
                "Title",
                "Explanation.",
                List.of(series),
                List.of(Target.of("CPU", "at most 30", "22", true, series)))
            .warmedUp(List.of(STEADY));
    return new Report("machine", "settings", Spread.of(DoubleStream.of(0)), List.of(section));
  }
}
