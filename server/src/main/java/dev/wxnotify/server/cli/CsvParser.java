package dev.wxnotify.server.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a CSV file (RFC 4180), strictly: text after a closing quote and a quote that
 * is never closed are errors that name the line where the quote opened. A quote inside a field that
 * does not begin with one is an ordinary character, as in spreadsheets; but not where only a byte
 * order mark, which nobody sees, is before it.
 */
final class CsvParser implements Closeable {
  /** In UTF-16 units; longer than the largest request. */
  static final int LONGEST = 2 * 1024 * 1024;

  private static final char SEPARATOR = ',';
  private static final char QUOTE = '"';

  private final TextInput in;
  private final StringBuilder field = new StringBuilder();

  // Of the record that is being read.
  private List<String> fields = new ArrayList<>();
  private int length;
  private long quoteLine;
  private int separators;
  private Set<Integer> halfQuoted = new HashSet<>();

  CsvParser(TextInput in) {
    this.in = in;
  }

  /**
   * Reads the next record.
   *
   * @return null at the end
   * @throws BrokenInputException if a record begins and does not end
   */
  @Nullable CsvRecord next() throws IOException {
    if (in.peek() == TextInput.END) {
      return null;
    }
    long line = in.line();
    fields = new ArrayList<>();
    length = 0;
    quoteLine = 0;
    separators = 0;
    halfQuoted = new HashSet<>();
    while (readField()) {
      separators++;
    }
    return new CsvRecord(line, fields, length > LONGEST, quoteLine, separators, halfQuoted);
  }

  /** Reads a field and what ends it. Returns whether another one follows in the record. */
  private boolean readField() throws IOException {
    field.setLength(0);
    int end = in.peek() == QUOTE ? readQuoted() : readPlain();
    fields.add(field.toString());
    return end == SEPARATOR;
  }

  private int readPlain() throws IOException {
    int c = in.read();
    if (c == TextInput.MARK && in.peek() == QUOTE) {
      throw broken(in.line(), "stands behind a byte order mark");
    }
    boolean inPair = true;
    while (!endsField(c)) {
      inPair ^= c == QUOTE;
      take((char) c);
      c = in.read();
    }
    if (!inPair) {
      halfQuoted.add(fields.size());
    }
    return ended(c);
  }

  private int readQuoted() throws IOException {
    long opened = in.line();
    in.read();
    while (true) {
      int c = in.read();
      if (c == TextInput.END) {
        throw broken(opened, "is never closed");
      }
      if (c == QUOTE && in.peek() != QUOTE) {
        break;
      }
      if (c == QUOTE) {
        in.read();
      }
      within(c, opened);
      take((char) c);
      if (length > LONGEST) {
        throw broken(opened, "is not closed within " + LONGEST + " characters");
      }
    }
    long closed = in.line();
    int c = in.read();
    if (!endsField(c)) {
      throw broken(opened, "is closed in line " + closed + ", before other text");
    }
    return ended(c);
  }

  /** Counts what would have a meaning outside quotes. */
  private void within(int c, long opened) throws IOException {
    if (c == '\n' || (c == '\r' && in.peek() != '\n')) {
      quoteLine = quoteLine == 0 ? opened : quoteLine;
    } else if (c == SEPARATOR) {
      separators++;
    }
  }

  private void take(char c) {
    length++;
    if (length <= LONGEST) {
      field.append(c);
    }
  }

  private static boolean endsField(int c) {
    return c == SEPARATOR || c == '\n' || c == '\r' || c == TextInput.END;
  }

  private int ended(int c) throws IOException {
    if (c == '\r' && in.peek() == '\n') {
      in.read();
    }
    return c;
  }

  private BrokenInputException broken(long opened, String how) {
    return new BrokenInputException(
        opened, "the CSV is broken: the quote that opens field " + (fields.size() + 1) + " " + how);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
