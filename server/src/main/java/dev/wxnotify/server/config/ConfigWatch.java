package dev.wxnotify.server.config;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration file again when it changes, and has the apps and callers in it used. A
 * file that cannot be used changes nothing, as a whole.
 *
 * <pre>
 *   look ─▶ same as at the last look? ── no ──▶ wait for the next look (it may be half written)
 *                │ yes
 *                ├─ what is used already ──────▶ nothing to do; a trouble before is over
 *                ├─ gone, empty, has mistakes ─▶ REFUSED: one WARN with all mistakes; looks again,
 *                │                               since a mistake may lie in a file that it names
 *                └─ good ──────────────────────▶ APPLIED: one INFO with what changed in apps and
 *                                                callers; one WARN with other keys that changed
 * </pre>
 *
 * <p>Concurrency: one look at a time; others read the trouble, and what is used.
 */
public final class ConfigWatch {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);

  private final Path file;
  private final Configuration started;
  private final Target target;
  private final Consumer<Result> results;

  private volatile Configuration used;
  private @Nullable Seen seen;

  /** What was refused last, and the mistakes that were reported of it. */
  private @Nullable Seen refused;

  private final Set<List<String>> reported = new HashSet<>();
  private volatile @Nullable String trouble;

  /** Uses a configuration while the server runs. */
  @FunctionalInterface
  public interface Target {
    /**
     * Uses the apps and callers of {@code settings}, and nothing else of it.
     *
     * @return what changed, for the log; empty for nothing
     */
    String use(ServerSettings settings);
  }

  /** What may come of a change of the file. */
  public enum Result {
    /** Apps or callers changed. */
    APPLIED,
    /** It holds the same apps and callers. */
    UNCHANGED,
    /** It has mistakes, and the old configuration is used. */
    REFUSED
  }

  /** What a look found: the content of the file, or why it has none. */
  private static final class Seen {
    private final byte[] content;
    private final String trouble;

    Seen(byte[] content, String trouble) {
      this.content = content;
      this.trouble = trouble;
    }

    static Seen in(Path file) {
      try {
        return new Seen(SmallFile.read(file), "");
      } catch (UnusableFileException e) {
        return new Seen(new byte[0], String.valueOf(e.getMessage()));
      }
    }

    boolean isSameAs(@Nullable Seen other) {
      return other != null
          && trouble.equals(other.trouble)
          && Arrays.equals(content, other.content);
    }
  }

  ConfigWatch(Path file, Configuration started, Target target, Consumer<Result> results) {
    this.file = file;
    this.started = started;
    this.used = started;
    this.target = target;
    this.results = results;
  }

  /**
   * Watches the file of a configuration, if it has one, as one of {@code files}.
   *
   * @param target uses what changes
   * @param results receives what came of each change
   */
  public static Optional<ConfigWatch> of(
      Configuration started, WatchedFiles files, Target target, Consumer<Result> results) {
    Path file = started.file();
    if (file == null) {
      return Optional.empty();
    }
    ConfigWatch watch = new ConfigWatch(file, started, target, results);
    var ignored = files.watch("configuration file", watch::look);
    return Optional.of(watch);
  }

  /** Returns why the file cannot be used; empty while it can. Nothing secret is in it. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Returns the configuration whose apps and callers are used. */
  public Configuration used() {
    return used;
  }

  /** Looks at the file. */
  void look() {
    Seen now = Seen.in(file);
    boolean settled = now.isSameAs(seen);
    seen = now;
    if (!settled) {
      return;
    }
    if (!now.trouble.isEmpty()) {
      refuse(now, List.of("--config: " + now.trouble));
    } else if (used.isOf(now.content)) {
      accept("it is as before");
    } else {
      read(now);
    }
  }

  private void read(Seen now) {
    Configuration next;
    try {
      next = used.next(now.content);
    } catch (ConfigurationException e) {
      refuse(now, e.mistakes());
      return;
    }
    String changes = target.use(next.settings());
    Set<String> keys = next.differencesForARestart(used);
    keys.retainAll(next.differencesForARestart(started));
    used = next;
    results.accept(changes.isEmpty() ? Result.UNCHANGED : Result.APPLIED);
    if (changes.isEmpty()) {
      accept("it has the same apps and callers");
    } else {
      log.info("configuration file: applied: {}", changes);
      accept("");
    }
    if (!keys.isEmpty()) {
      log.warn(
          "configuration file: changes of these keys need a restart: {}", String.join(", ", keys));
    }
  }

  /**
   * Says that the file can be used.
   *
   * @param how for the log, where it could not be used before; empty if the log has it already
   */
  private void accept(String how) {
    boolean wasRefused = trouble != null;
    trouble = null;
    refused = null;
    reported.clear();
    if (wasRefused && !how.isEmpty()) {
      log.info("configuration file: it can be used again; {}", how);
    }
  }

  private void refuse(Seen now, List<String> mistakes) {
    if (!now.isSameAs(refused)) {
      refused = now;
      reported.clear();
      results.accept(Result.REFUSED);
    }
    trouble = String.join("; ", mistakes);
    if (reported.add(List.copyOf(mistakes))) {
      log.warn(
          "configuration file: {} mistake(s); continuing with the previous configuration: {}",
          mistakes.size(),
          trouble);
    }
  }
}
