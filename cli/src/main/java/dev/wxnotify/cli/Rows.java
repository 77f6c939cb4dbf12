package dev.wxnotify.cli;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of an input, read one by one, so that memory does not depend on their number. */
interface Rows extends Closeable {
  /**
   * Reads the next row.
   *
   * @return null at the end
   * @throws BrokenInputException if what follows cannot be split into rows
   * @throws IOException if the input cannot be read any further
   */
  @Nullable Row next() throws IOException;

  /**
   * Reads to the end without parsing the rows.
   *
   * @return how many there were
   * @throws IOException as {@link #next}
   */
  long skipAll() throws IOException;
}
