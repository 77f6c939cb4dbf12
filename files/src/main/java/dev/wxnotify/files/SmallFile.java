package dev.wxnotify.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A configuration file, a secret or a certificate. Only a regular file of at most {@link #LARGEST}
 * bytes is read, since a pipe, a device or an endless file would block its reader forever. Symbolic
 * links are followed.
 */
public final class SmallFile {
  /** The maximum number of bytes that are read: 1 MiB. */
  public static final int LARGEST = 1024 * 1024;

  private SmallFile() {}

  /**
   * Returns the content of {@code file}.
   *
   * @throws UnusableFileException if it does not exist, is not a regular file, is too large, or
   *     cannot be read
   */
  public static byte[] read(Path file) throws UnusableFileException {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new UnusableFileException(
            Files.isDirectory(file) ? "is a directory, not a file" : "is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(LARGEST + 1);
        if (content.length > LARGEST) {
          throw new UnusableFileException("is larger than 1 MiB");
        }
        return content;
      }
    } catch (UnusableFileException e) {
      throw e;
    } catch (AccessDeniedException e) {
      throw new UnusableFileException("cannot be read: permission denied");
    } catch (IOException e) {
      throw new UnusableFileException(Files.exists(file) ? "cannot be read" : "does not exist");
    }
  }

  /**
   * Returns the content of the file at {@code path}.
   *
   * @throws UnusableFileException as {@link #read(Path)}, and if {@code path} is not a path
   */
  public static byte[] read(String path) throws UnusableFileException {
    return read(path(path));
  }

  /** Returns {@code text} as a path. */
  public static Path path(String text) throws UnusableFileException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UnusableFileException("is not a path");
    }
  }
}
