package dev.wxnotify.server.config;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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
 * begins, and a fault of whoever takes the content is reported and tried again. A file whose
 * reading does not end, as on a network that hangs, keeps a thread, and the others are watched on:
 *
 * <pre>
 *   one round:  look at A ─▶ look at B ─▶ takes longer than {@link #PATIENCE} ─▶ look at C
 *   the next:   look at A ─▶ (B is still being read: left out)               ─▶ look at C
 *   B is read:  looked at again in the next round
 * </pre>
 *
 * <p>Concurrency: one thread begins the looks, one after the other, and waits for each. A look runs
 * on a thread of a pool, which has one thread, and one more for each look that does not end. No
 * watch has two looks at a time.
 */
public final class WatchedFiles implements AutoCloseable {
  /** How long the others wait for one look. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration IDLE_THREADS_LIVE = Duration.ofSeconds(10);

  private static final String THREAD = "wxnotify-files";

  private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);

  private final Duration interval;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, THREAD));

  private final ExecutorService looks =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_THREADS_LIVE.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          numbered());

  private final List<Watch> watches = new CopyOnWriteArrayList<>();

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

  /** Ends the watching of some files. */
  @FunctionalInterface
  public interface Watching extends AutoCloseable {
    /** Looks at them no more; a look that has begun may still tell what it found. */
    @Override
    void close();
  }

  /**
   * Watches nothing yet.
   *
   * @param interval how long it is between two looks
   */
  public WatchedFiles(Duration interval) {
    this.interval = interval;
  }

  private static ThreadFactory numbered() {
    AtomicInteger count = new AtomicInteger();
    return task -> daemon(task, THREAD + "-" + count.incrementAndGet());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread made = new Thread(task, name);
    made.setDaemon(true);
    return made;
  }

  /**
   * Watches files, from the {@link #start} on, or from now on after it. What they hold at first is
   * told as well: it may not be any more what was read at the start.
   *
   * @param what names the files in the log
   */
  public Watching watch(String what, List<Path> files, Change change) {
    return watch(what, new Contents(what, files, change)::look);
  }

  /**
   * Has {@code look} run again and again, one at a time.
   *
   * @param what names in the log what it looks at
   * @param look may take long, and may be interrupted
   */
  Watching watch(String what, Runnable look) {
    Watch watch = new Watch(what, look);
    watches.add(watch);
    return watch;
  }

  /** Begins to look. */
  public void start() {
    var ignored =
        rounds.scheduleWithFixedDelay(this::round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Throws nothing: the executor would not run it again. */
  private void round() {
    try {
      for (Watch watch : watches) {
        watch.lookIfIdle();
      }
    } catch (InterruptedException | RejectedExecutionException e) {
      Thread.currentThread().interrupt(); // It is being closed.
    } catch (Throwable e) {
      log.error("looking at files failed unexpectedly; retrying", e);
    }
  }

  @Override
  public void close() {
    rounds.shutdownNow();
    looks.shutdownNow();
  }

  /** What is looked at. Only the thread of the rounds, and the one look at a time, touch it. */
  private final class Watch implements Watching {
    private final String what;
    private final Runnable look;

    /** Set by others; a round that has begun still comes across it. */
    private volatile boolean closed;

    private @Nullable Future<?> underWay;

    /** Whether the last look took too long, which was said then. */
    private boolean isSlow;

    private @Nullable String fault;

    Watch(String what, Runnable look) {
      this.what = what;
      this.look = look;
    }

    @Override
    public void close() {
      closed = true;
      watches.remove(this);
    }

    void lookIfIdle() throws InterruptedException {
      if (closed || (underWay != null && !underWay.isDone())) {
        return;
      }
      underWay = looks.submit(this::lookGuarded);
      try {
        underWay.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (isSlow) {
          log.info("{}: it can be read again", what);
        }
        isSlow = false;
      } catch (TimeoutException e) {
        if (!isSlow) {
          log.warn(
              "{}: reading it takes longer than {}; continuing with the previous content",
              what,
              PATIENCE);
        }
        isSlow = true;
      } catch (ExecutionException e) {
        throw new AssertionError("a look catches everything", e);
      }
    }

    private void lookGuarded() {
      try {
        look.run();
        fault = null;
      } catch (Throwable e) {
        if (!e.toString().equals(fault)) {
          fault = e.toString();
          log.error("{}: unexpected failure; retrying", what, e);
        }
      }
    }
  }

  /** Files that belong together. Only one look at a time touches it. */
  private static final class Contents {
    private final String what;
    private final List<Path> files;
    private final Change change;

    private List<byte[]> seen = List.of();
    private List<byte[]> told = List.of();
    private @Nullable String unreadable;

    Contents(String what, List<Path> files, Change change) {
      this.what = what;
      this.files = files;
      this.change = change;
    }

    void look() {
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
