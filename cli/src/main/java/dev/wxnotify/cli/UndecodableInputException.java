package dev.wxnotify.cli;

/** An input has bytes that are not valid in its encoding. */
final class UndecodableInputException extends BrokenInputException {
  private static final long serialVersionUID = 1;

  UndecodableInputException(long line, String what) {
    super(line, what);
  }

  @Override
  boolean isAboutTheWhole() {
    return true;
  }
}
