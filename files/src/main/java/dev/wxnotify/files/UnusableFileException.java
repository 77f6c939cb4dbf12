package dev.wxnotify.files;

import java.io.IOException;

/**
 * A file, or its content, cannot be used. The message gives the reason and can follow the name of a
 * key ("does not exist"). It never repeats the path, which may be a secret that was put there by
 * mistake, nor the content.
 */
public final class UnusableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableFileException(String why) {
    super(why);
  }
}
