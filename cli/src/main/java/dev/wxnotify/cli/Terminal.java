package dev.wxnotify.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The terminal at standard error, found with the system's own tools: Java has no call for it. */
final class Terminal {
  private static final int DEFAULT_WIDTH = 100;

  private Terminal() {}

  /** Returns whether standard error is a terminal. */
  static boolean isThere() {
    try {
      return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false; // A system without this tool: plain lines work everywhere.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns how many characters fit in one line. */
  static int width() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int width = Integer.parseInt(size.strip().replaceFirst("^\\d+ ", ""));
      return width > 0 ? width : DEFAULT_WIDTH;
    } catch (IOException | NumberFormatException e) {
      return DEFAULT_WIDTH;
    }
  }
}
