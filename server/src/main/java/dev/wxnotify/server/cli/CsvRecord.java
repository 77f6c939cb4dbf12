package dev.wxnotify.server.cli;

import java.util.List;

/**
 * One record of a CSV file.
 *
 * @param line where it begins, from 1
 * @param fields its fields, without their quotes
 * @param isTooLong whether it is longer than any row can be; its fields are not whole then
 * @param quoteLine where the quote opened that took the record's first line break into a field; 0
 *     for a record of one line
 * @param separatorsPerLine how many separators each of its lines has at least, in quotes or not
 */
record CsvRecord(
    long line, List<String> fields, boolean isTooLong, long quoteLine, int separatorsPerLine) {
  /** Whether it says nothing: an empty line, or one of separators alone. */
  boolean isBlank() {
    return fields.stream().allMatch(String::isBlank);
  }

  /**
   * Whether each of its several lines has as many separators as a whole row. Then a quote that was
   * not meant as one has made one field of the end of a row, rows, and the beginning of a row.
   */
  boolean holdsRows(int columns) {
    return quoteLine > 0 && separatorsPerLine >= columns - 1;
  }
}
