package dev.wxnotify.server.cli;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file (RFC 4180) with a header. Empty lines are no rows. */
final class CsvRows implements Rows {
  private final CloseableIterator<CsvRecord> records;
  private final CsvColumns columns;
  private long number;

  CsvRows(Reader in) throws IOException, UnusableInputException {
    records = records(in).iterator();
    CsvRecord header = nextRecord();
    if (header == null) {
      throw new UnusableInputException("the CSV is empty (expected: a header)");
    }
    columns = CsvColumns.of(header.getFields());
  }

  /** Returns how many rows there are. */
  static long count(Reader in) throws IOException {
    long count = -1; // The header.
    try (CsvReader<CsvRecord> reader = records(in)) {
      for (CsvRecord ignored : reader) {
        count++;
      }
    } catch (CsvParseException | UncheckedIOException e) {
      return -1; // Reading it in earnest will tell where.
    }
    return Math.max(0, count);
  }

  private static CsvReader<CsvRecord> records(Reader in) {
    return CsvReader.builder()
        .allowExtraFields(true) // Told as bad rows, with their line.
        .allowMissingFields(true)
        .allowExtraCharsAfterClosingQuote(false)
        .ofCsvRecord(in);
  }

  @Override
  public @Nullable Row next() throws IOException {
    CsvRecord record = nextRecord();
    if (record == null) {
      return null;
    }
    number++;
    return columns.row(number, record.getStartingLineNumber(), record.getFields());
  }

  private @Nullable CsvRecord nextRecord() throws IOException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (CsvParseException | UncheckedIOException e) {
      throw reason(e);
    }
  }

  private static IOException reason(RuntimeException e) {
    StringBuilder text = new StringBuilder("the CSV is broken");
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException noText) {
        return noText;
      }
      text.append(": ").append(cause.getMessage());
    }
    return new IOException(text.toString(), e);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
