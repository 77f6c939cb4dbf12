package dev.wxnotify.server.cli;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of an input, read one by one, so that memory does not depend on their number. */
interface Rows extends Closeable {
  /**
   * Reads the next row.
   *
   * @return null at the end
   * @throws IOException if the input cannot be read any further
   */
  @Nullable Row next() throws IOException;
}
