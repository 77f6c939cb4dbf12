package dev.wxnotify.cli;

import java.util.List;

/**
 * One record of a CSV file.
 *
 * @param line where it begins, from 1
 * @param fields its fields, without their quotes
 * @param isTooLong whether it is longer than any row can be; its fields are then incomplete
 * @param quoteLine where the quote opened that took the record's first line break into a field; 0
 *     for a record of one line
 * @param separatorsPerLine the minimum number of separators in a line of it, quoted or not
 */
record CsvRecord(
    long line, List<String> fields, boolean isTooLong, long quoteLine, int separatorsPerLine) {
  /** Whether it has no content: an empty line, or only separators. */
  boolean isBlank() {
    return fields.stream().allMatch(String::isBlank);
  }

  /**
   * Whether it has several lines and each has as many separators as a whole row. Then a stray quote
   * has merged the end of one row, whole rows, and the beginning of another into one field.
   */
  boolean holdsRows(int columns) {
    return quoteLine > 0 && separatorsPerLine >= columns - 1;
  }
}
