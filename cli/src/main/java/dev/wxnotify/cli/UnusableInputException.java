package dev.wxnotify.cli;

/** A file cannot be used in the way the command line asks; nothing was sent. */
final class UnusableInputException extends Exception {
  private static final long serialVersionUID = 1;

  UnusableInputException(String message) {
    super(message);
  }
}
