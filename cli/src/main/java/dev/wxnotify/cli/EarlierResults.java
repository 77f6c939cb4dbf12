package dev.wxnotify.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What an earlier run of the same batch has done. Of each row two bits are kept, and of the first
 * ones the request id, to find out whether the rows are the same.
 */
final class EarlierResults {
  private static final int COMPARED = 10_000;

  private final BitSet done = new BitSet();
  private final BitSet accepted = new BitSet();
  private final Map<Long, String> requestIds = new HashMap<>();
  private long length;

  private EarlierResults() {}

  /** Nothing was done before. */
  static EarlierResults none() {
    return new EarlierResults();
  }

  /**
   * Reads a result file. The last result of a row counts. A last line that was torn, because the
   * program was killed while it wrote, does not count.
   *
   * @throws UnusableInputException if it is no result file
   */
  static EarlierResults read(Path file) throws IOException, UnusableInputException {
    EarlierResults results = new EarlierResults();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long number = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        number++;
        results.length += line.size() + 1L;
        try {
          results.add(ResultLine.read(line.toString(StandardCharsets.UTF_8)));
        } catch (UnusableInputException e) {
          throw new UnusableInputException(file + ": line " + number + " " + e.getMessage());
        }
        line.reset();
      }
    }
    return results;
  }

  private void add(ResultLine.Earlier result) throws UnusableInputException {
    if (result.row() < 1 || result.row() > Integer.MAX_VALUE) {
      throw new UnusableInputException("is not a result: row " + result.row());
    }
    int row = (int) result.row();
    done.set(row, result.isFinal());
    accepted.set(row, result.isFinal() && result.accepted());
    if (requestIds.size() < COMPARED && !result.requestId().isEmpty()) {
      requestIds.put(result.row(), result.requestId());
    }
  }

  /** Returns the length of the file without a torn line. */
  long length() {
    return length;
  }

  /** Returns how many rows need nothing more. */
  long done() {
    return done.cardinality();
  }

  /** Returns how many of {@link #done} were not accepted. */
  long notAccepted() {
    return (long) done.cardinality() - accepted.cardinality();
  }

  /**
   * Returns whether nothing more is to be done for a row.
   *
   * @throws UnusableInputException if it was another row then
   */
  boolean isDone(Row row) throws UnusableInputException {
    String before = requestIds.get(row.number());
    if (before != null
        && row instanceof Row.Item item
        && !item.request().getRequestId().equals(before)) {
      throw new UnusableInputException(
          "line "
              + row.line()
              + " has the request id '"
              + item.request().getRequestId()
              + "', and '"
              + before
              + "' in the results: another input, or another --campaign");
    }
    return row.number() <= Integer.MAX_VALUE && done.get((int) row.number());
  }
}
