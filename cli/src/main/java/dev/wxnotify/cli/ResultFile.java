package dev.wxnotify.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The file that results are appended to. Each line is written immediately, so that a killed program
 * leaves at most the last line incomplete.
 */
final class ResultFile implements Closeable {
  private final @Nullable FileChannel file;

  private ResultFile(@Nullable FileChannel file) {
    this.file = file;
  }

  /** Writes nothing. */
  static ResultFile none() {
    return new ResultFile(null);
  }

  /** Creates a new file; it must not exist. */
  static ResultFile create(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    file.lock(); // No other process can hold it: it is new.
    return new ResultFile(file);
  }

  /** Continues at {@code length}; what follows it is an incomplete line. */
  static ResultFile resume(Path path, long length) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
    if (file.tryLock() == null) {
      file.close();
      throw new IOException(path + " is in use by another process");
    }
    file.truncate(length);
    file.position(length);
    return new ResultFile(file);
  }

  void add(String line) throws IOException {
    if (file != null) {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
  }

  /** Forces the results to disk, so that they survive a crash of the machine too. */
  @Override
  public void close() throws IOException {
    if (file != null && file.isOpen()) {
      file.force(true);
      file.close();
    }
  }
}
