package dev.wxnotify.server.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file with a header. Lines that are empty, or of commas alone, are no rows. */
final class CsvRows implements Rows {
  private final CsvParser records;
  private final CsvColumns columns;
  private long number;

  /**
   * Reads the header.
   *
   * @throws UnusableInputException if it is wrong
   */
  CsvRows(TextInput in) throws IOException, UnusableInputException {
    records = new CsvParser(in);
    CsvRecord header;
    try {
      header = records.next();
    } catch (BrokenInputException e) {
      throw new UnusableInputException(String.valueOf(e.getMessage()));
    }
    if (header == null) {
      throw new UnusableInputException("the CSV is empty (expected: a header)");
    }
    if (header.hasFieldOfLines()) {
      throw new UnusableInputException(
          "line "
              + header.quoteLine()
              + ": the CSV is broken: a quote opens here that takes the following rows into the"
              + " header");
    }
    columns = CsvColumns.of(header.fields());
  }

  @Override
  public @Nullable Row next() throws IOException {
    CsvRecord record = nextRecord();
    if (record == null) {
      return null;
    }
    number++;
    return record.isTooLong()
        ? Row.Bad.of(number, record.line(), "", "longer than " + CsvParser.LONGEST + " characters")
        : columns.row(number, record);
  }

  @Override
  public long skipAll() throws IOException {
    long rows = 0;
    while (nextRecord() != null) {
      rows++;
    }
    return rows;
  }

  private @Nullable CsvRecord nextRecord() throws IOException {
    CsvRecord record = records.next();
    while (record != null && record.isBlank()) {
      record = records.next();
    }
    if (record != null && record.holdsRows(columns.width())) {
      throw new BrokenInputException(
          record.quoteLine(),
          "the CSV is broken: a quote opens here that takes the following rows into its field");
    }
    if (record != null && CsvColumns.isHeader(record.fields())) {
      throw new BrokenInputException(
          record.line(), "the CSV is broken: a second header (expected: one file at a time)");
    }
    return record;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
