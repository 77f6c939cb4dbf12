package dev.wxnotify.cli;

import java.io.IOException;

/** An input cannot be read beyond a certain line. What was read before it is intact. */
class BrokenInputException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Creates an exception.
   *
   * @param line where it is broken, from 1
   * @param what is wrong there
   */
  BrokenInputException(long line, String what) {
    super("line " + line + ": " + what);
  }

  /** Creates an exception for an input whose device or pipe failed. */
  BrokenInputException(IOException cause) {
    super("the input cannot be read any further: " + cause.getMessage(), cause);
  }

  /**
   * Whether the whole input probably differs from what the command line says, so that it cannot be
   * used at all.
   */
  boolean isAboutTheWhole() {
    return false;
  }
}
