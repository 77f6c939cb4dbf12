package dev.wxnotify.server.config;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files again and again, and tells when they hold something else. It compares content and
 * not times, so that a file that was moved into place, or a symbolic link that was turned, is
 * noticed too; and it tells only what two looks in a row have found, so that nobody hears of files
 * that are half written, or of the first one of two.
 *
 * <p>Nothing ends the watching: a file that cannot be read is reported once for each time that this
 * begins, and a fault of whoever takes the content is reported and tried again.
 *
 * <p>It has a thread of its own, since reading may take long where files are on a network.
 */
public final class WatchedFiles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);

  private final Duration interval;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "wxnotify-files");
            made.setDaemon(true);
            return made;
          });

  private final List<Watch> watches = new ArrayList<>();

  /** Takes what the files hold now. */
  @FunctionalInterface
  public interface Change {
    /**
     * Takes the content, in the order of the files.
     *
     * @throws Exception where it is of no use; its text is logged and holds no secret
     */
    void accept(List<byte[]> contents) throws Exception;
  }

  /**
   * Watches nothing yet.
   *
   * @param interval how long it is between two looks
   */
  public WatchedFiles(Duration interval) {
    this.interval = interval;
  }

  /**
   * Watches files, from the {@link #start} on. What they hold at first is told as well: it may not
   * be any more what was read at the start.
   *
   * @param what names the files in the log
   */
  public void watch(String what, List<Path> files, Change change) {
    watches.add(new Watch(what, files, change));
  }

  /** Begins to look. */
  public void start() {
    for (Watch watch : watches) {
      var ignored =
          thread.scheduleWithFixedDelay(watch::look, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** Files that belong together. Only its thread touches it. */
  private static final class Watch {
    private final String what;
    private final List<Path> files;
    private final Change change;

    private List<byte[]> seen = List.of();
    private List<byte[]> told = List.of();
    private @Nullable String unreadable;
    private @Nullable String fault;

    Watch(String what, List<Path> files, Change change) {
      this.what = what;
      this.files = files;
      this.change = change;
    }

    /** Throws nothing: the executor would not run it again. */
    void look() {
      try {
        lookOnce();
        fault = null;
      } catch (Throwable e) {
        if (!e.toString().equals(fault)) {
          fault = e.toString();
          log.error("{}: unexpected failure; retrying", what, e);
        }
      }
    }

    private void lookOnce() {
      List<byte[]> now = new ArrayList<>();
      for (Path file : files) {
        try {
          now.add(SmallFile.read(file));
        } catch (UnusableFileException e) {
          String text = file + " " + e.getMessage();
          if (!text.equals(unreadable)) {
            unreadable = text;
            complain(text);
          }
          return;
        }
      }
      unreadable = null;
      boolean settled = isSame(now, seen);
      seen = now;
      if (settled && !isSame(now, told)) {
        tell(now);
        told = now; // After an Error they are told again.
      }
    }

    private void tell(List<byte[]> contents) {
      try {
        change.accept(contents);
      } catch (Exception e) {
        complain(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      }
    }

    private void complain(String text) {
      log.warn("{}: {}; continuing with the previous content", what, text);
    }

    private static boolean isSame(List<byte[]> some, List<byte[]> others) {
      if (some.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < some.size(); i++) {
        if (!Arrays.equals(some.get(i), others.get(i))) {
          return false;
        }
      }
      return true;
    }
  }
}
