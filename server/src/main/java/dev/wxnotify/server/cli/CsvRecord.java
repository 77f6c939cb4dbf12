package dev.wxnotify.server.cli;

import java.util.List;
import java.util.Set;

/**
 * One record of a CSV file.
 *
 * @param line where it begins, from 1
 * @param fields its fields, without their quotes
 * @param isTooLong whether it is longer than any row can be; its fields are then incomplete
 * @param quoteLine where the quote opened that took the record's first line break into a field; 0
 *     for a record of one line
 * @param separators how many separators it has, those within quotes included
 * @param halfQuoted the fields, from 0, that have a quote of no pair within them, and begin with
 *     none
 */
record CsvRecord(
    long line,
    List<String> fields,
    boolean isTooLong,
    long quoteLine,
    int separators,
    Set<Integer> halfQuoted) {
  /** Whether it has no content: an empty line, or only separators. */
  boolean isBlank() {
    return fields.stream().allMatch(String::isBlank);
  }

  /**
   * Whether it has several lines and as many separators as two rows. Then a stray quote has merged
   * the end of one row, whatever follows, and the beginning of another row into one field.
   */
  boolean holdsRows(int columns) {
    return quoteLine > 0 && separators >= 2 * (columns - 1);
  }

  /** Whether one of its fields has several lines with content. */
  boolean hasFieldOfLines() {
    return fields.stream().anyMatch(field -> field.strip().lines().count() > 1);
  }
}
