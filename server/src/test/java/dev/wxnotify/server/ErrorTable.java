package dev.wxnotify.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The error table in {@code docs/errors.md}, as callers read it. */
public final class ErrorTable {
  private static final String HEADER = "| WeChat's errcode, or the cause |";
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])-?\\d+(?!\\d*xx)(?=[,\\s]|$)");

  private ErrorTable() {}

  /**
   * One row.
   *
   * @param errcodes WeChat's codes that the row names; empty for other causes
   */
  public record Row(
      String cause,
      List<Integer> errcodes,
      String code,
      String reason,
      String outcome,
      boolean hasRetryAfter) {}

  /** Reads the page. */
  public static List<Row> read() throws IOException {
    List<Row> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("..", "docs", "errors.md"))) {
      if (line.startsWith(HEADER)) {
        inside = true;
      } else if (inside && !line.startsWith("|")) {
        return rows;
      } else if (inside && !line.startsWith("|---")) {
        rows.add(row(line));
      }
    }
    throw new IllegalStateException("docs/errors.md has no table that begins with " + HEADER);
  }

  private static Row row(String line) {
    String[] cells = line.split("\\|", -1);
    String cause = cells[1].strip();
    return new Row(
        cause,
        errcodes(cause),
        cells[2].strip(),
        cells[3].strip(),
        cells[4].strip(),
        !cells[5].strip().equals("no"));
  }

  private static List<Integer> errcodes(String cause) {
    List<Integer> codes = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(cause);
    while (matcher.find()) {
      codes.add(Integer.valueOf(matcher.group()));
    }
    return codes;
  }
}
