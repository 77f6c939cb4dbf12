package dev.wxnotify.benchmark.report;

import java.util.List;

/**
 * The results of one scenario.
 *
 * @param title its heading
 * @param explanation what was done, in a sentence or two
 * @param header the columns of the table
 * @param rows the table
 * @param targets what it should reach
 * @param measurements all of them, for the JSON
 * @param warmUps what the warm-up of each process needed
 */
public record Section(
    String title,
    String explanation,
    List<String> header,
    List<List<String>> rows,
    List<Target> targets,
    List<Measurement> measurements,
    List<WarmUp> warmUps) {

  private static final List<String> COLUMNS =
      List.of(
          "path",
          "messages/s",
          "CPU µs/message",
          "p50 µs",
          "p99 µs",
          "p99.9 µs",
          "resident MiB",
          "threads",
          "errors",
          "upstream CPU µs");

  private static final double MIB = 1024 * 1024;

  /** Creates a section without warm-ups. */
  public Section(
      String title,
      String explanation,
      List<String> header,
      List<List<String>> rows,
      List<Target> targets,
      List<Measurement> measurements) {
    this(title, explanation, header, rows, targets, measurements, List.of());
  }

  /** Creates a section with the usual table, one line for each series. */
  public static Section ofSeries(
      String title, String explanation, List<Series> series, List<Target> targets) {
    return new Section(
        title,
        explanation,
        COLUMNS,
        series.stream().map(Section::row).toList(),
        targets,
        series.stream().flatMap(each -> each.rounds().stream()).toList());
  }

  /** Returns the same section with the warm-ups of its processes. */
  public Section warmedUp(List<WarmUp> needed) {
    return new Section(title, explanation, header, rows, targets, measurements, needed);
  }

  /** Returns the same section with no target judged, for this reason. */
  public Section notJudged(String why) {
    List<Target> unjudged = targets.stream().map(each -> each.notJudged(why)).toList();
    return new Section(title, explanation, header, rows, unjudged, measurements, warmUps);
  }

  private static List<String> row(Series series) {
    return List.of(
        series.doubt().isEmpty() ? series.path() : series.path() + " (not steady)",
        series.of(Measurement::perSecond).show(0),
        series.of(Measurement::cpu).show(1),
        series.of(Measurement::p50).show(0),
        series.of(Measurement::p99).show(0),
        series.of(Measurement::p999).show(0),
        series.of(each -> each.residentBytes() / MIB).show(0),
        series.of(Measurement::threads).show(0),
        Long.toString(series.errors()),
        series.of(Measurement::upstreamCpu).show(1));
  }
}
