package dev.wxnotify.cli;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a batch come from: a file or standard input, NDJSON or CSV.
 *
 * @param name the file, or {@code -} for standard input
 * @param encoding of the text, if it has no byte order mark; null for UTF-8
 */
record BatchInput(String name, Format format, @Nullable Charset encoding) {
  /** The number of rows where nobody knows it. */
  static final long UNKNOWN = -1;

  /** Of the characters that have three bytes in UTF-8, as Chinese ones do. */
  private static final char FIRST_OF_THREE_BYTES = '\u0800';

  /** So many bytes are looked at before the first row of an input that cannot be read twice. */
  private static final int HEAD = 16 * 1024;

  /** The form of the rows. */
  enum Format {
    ndjson,
    csv
  }

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
    InputStream bytes = bytes();
    if (isStandardInput()) {
      bytes = new BufferedInputStream(bytes, HEAD);
      checkHeadIsNotUtf8(bytes);
    }
    TextInput in = new TextInput(bytes, encoding);
    return format == Format.csv ? new CsvRows(in) : new NdjsonRows(in);
  }

  /**
   * Reads a regular file to its end before anything is sent, and returns how many rows it has;
   * {@link #UNKNOWN} for other inputs and for a file that is broken within.
   *
   * @throws UnusableInputException if it is a directory, or not text in its encoding
   */
  long inspect() throws IOException, UnusableInputException {
    if (!isStandardInput() && Files.isDirectory(Path.of(name))) {
      throw new UnusableInputException("the input is a directory, not a file");
    }
    if (isStandardInput() || !Files.isRegularFile(Path.of(name))) {
      return UNKNOWN;
    }
    checkIsNotUtf8();
    try (Rows rows = open()) {
      return rows.skipAll();
    } catch (UndecodableInputException e) {
      throw new UnusableInputException(String.valueOf(e.getMessage()));
    } catch (BrokenInputException e) {
      return UNKNOWN; // What is before is sent; reading it in earnest tells the line.
    }
  }

  boolean isStandardInput() {
    return name.equals("-");
  }

  /**
   * UTF-8 can be read as GBK and the like, and is other text then. By chance, a text of another
   * encoding is UTF-8 only where it has hardly any characters that are not ASCII.
   */
  private void checkIsNotUtf8() throws IOException, UnusableInputException {
    if (encoding == null || encoding.equals(StandardCharsets.UTF_8)) {
      return;
    }
    boolean chinese = false;
    try (TextInput text = new TextInput(bytes(), null)) {
      if (!text.charset().equals(StandardCharsets.UTF_8)) {
        return; // Its byte order mark tells.
      }
      for (int c = text.read(); c != TextInput.END; c = text.read()) {
        chinese |= c >= FIRST_OF_THREE_BYTES;
      }
    } catch (UndecodableInputException e) {
      return;
    }
    if (chinese) {
      throw isUtf8();
    }
  }

  /** The same for an input that cannot be read twice, by what is there at first. */
  private void checkHeadIsNotUtf8(InputStream bytes) throws IOException, UnusableInputException {
    if (encoding == null || encoding.equals(StandardCharsets.UTF_8)) {
      return;
    }
    byte[] head = new byte[HEAD];
    bytes.mark(HEAD);
    int read = bytes.read(head); // As much as there is, so that a row that is typed is not awaited.
    bytes.reset();
    int lines = read;
    while (lines > 0 && head[lines - 1] != '\n') {
      lines--;
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head, 0, lines));
      if (text.chars().anyMatch(c -> c >= FIRST_OF_THREE_BYTES)
          && text.charAt(0) != TextInput.MARK) {
        throw isUtf8();
      }
    } catch (CharacterCodingException e) {
      // It is not UTF-8.
    }
  }

  private UnusableInputException isUtf8() {
    return new UnusableInputException("the input is UTF-8, and --encoding says " + encoding);
  }

  private InputStream bytes() throws IOException {
    return isStandardInput()
        ? new FilterInputStream(System.in) {
          @Override
          public void close() {} // It is not ours.
        }
        : Files.newInputStream(Path.of(name));
  }
}
