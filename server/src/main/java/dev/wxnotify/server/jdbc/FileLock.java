package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.JournalUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Says that this process has a file of SQLite. Two processes would not destroy it, but neither
 * would wake its watchers for events of the other, nor learn of its subscriptions. The operating
 * system ends the lock with the process.
 */
final class FileLock implements AutoCloseable {
  private final Path file;
  private @Nullable FileChannel held;

  /** A lock beside a database. */
  FileLock(Path database) {
    this.file = Path.of(database + ".lock");
  }

  /**
   * Takes the lock, if it is not held yet.
   *
   * @throws JournalUnavailableException if another process has it, which may end soon
   */
  synchronized void acquire() {
    if (held != null) {
      return;
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
      held = channel;
    } catch (OverlappingFileLockException e) {
      close(channel);
      throw new JournalUnavailableException("SQLite: another process has the file", null);
    } catch (IOException e) {
      close(channel);
      throw new JournalUnavailableException(
          "SQLite: " + file + " cannot be made or locked: " + e.getClass().getSimpleName(), null);
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The lock is gone anyway, or was never there.
    }
  }

  @Override
  public synchronized void close() {
    close(held);
    held = null;
  }
}
