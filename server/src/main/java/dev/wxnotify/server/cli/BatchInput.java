package dev.wxnotify.server.cli;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the rows of a batch come from: a file or standard input, NDJSON or CSV, in UTF-8.
 *
 * @param name the file, or {@code -} for standard input
 */
record BatchInput(String name, Format format) {
  /** The form of the rows. */
  enum Format {
    ndjson,
    csv
  }

  private static final int[] BYTE_ORDER_MARK = {0xEF, 0xBB, 0xBF};

  /** An input whose format follows from its name, unless it is given. */
  static Format formatOf(String name) throws UnusableInputException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv")) {
      return Format.csv;
    }
    if (lower.endsWith(".ndjson") || lower.endsWith(".jsonl") || lower.endsWith(".json")) {
      return Format.ndjson;
    }
    throw new UnusableInputException(
        "the format of '" + name + "' is not clear from its name: use --format");
  }

  Rows open() throws IOException, UnusableInputException {
    Reader in = reader();
    return format == Format.csv ? new CsvRows(in) : new NdjsonRows(in);
  }

  /** Returns how many rows there are; -1 where that is not known without reading them. */
  long count() throws IOException {
    if (isStandardInput() || !Files.isRegularFile(Path.of(name))) {
      return -1;
    }
    try (Reader in = reader()) {
      if (format == Format.csv) {
        return CsvRows.count(in);
      }
      return new BufferedReader(in).lines().filter(line -> !line.isBlank()).count();
    } catch (UncheckedIOException e) {
      return -1; // Reading it in earnest will tell why.
    }
  }

  boolean isStandardInput() {
    return name.equals("-");
  }

  /**
   * Bytes that are no UTF-8 are an error: a message must not be sent with other text than meant.
   */
  private Reader reader() throws IOException {
    InputStream bytes =
        isStandardInput()
            ? new FilterInputStream(System.in) {
              @Override
              public void close() {} // It is not ours.
            }
            : Files.newInputStream(Path.of(name));
    return new InputStreamReader(
        withoutByteOrderMark(bytes),
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  private static InputStream withoutByteOrderMark(InputStream bytes) throws IOException {
    PushbackInputStream in = new PushbackInputStream(bytes, BYTE_ORDER_MARK.length);
    byte[] start = in.readNBytes(BYTE_ORDER_MARK.length);
    boolean marked = start.length == BYTE_ORDER_MARK.length;
    for (int i = 0; marked && i < start.length; i++) {
      marked = (start[i] & 0xFF) == BYTE_ORDER_MARK[i];
    }
    if (!marked) {
      in.unread(start);
    }
    return in;
  }
}
