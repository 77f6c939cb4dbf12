package dev.wxnotify.server.wechat;

import dev.wxnotify.files.SmallFile;
import dev.wxnotify.files.UnusableFileException;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenReader;
import dev.wxnotify.server.token.TokenText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads the token that WeChat's cloud hosting writes into a file of each container: every ten
 * minutes a new one, which is valid for thirty (WeChat: 微信令牌).
 *
 * <p>The file is looked at every second: it costs next to nothing, and no notification of the
 * system's works for all the ways in which a file gets into a container.
 */
public final class CloudbaseTokenFile implements TokenReader {
  /** Where the hosting puts it. */
  public static final String USUAL_PATH = "/.tencentcloudbase/wx/cloudbase_access_token";

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LIFE = Duration.ofMinutes(30);

  /** A file may be on a network. */
  private static final Duration LONGEST_READ = Duration.ofSeconds(2);

  private final Path file;
  private final Executor reader;
  private final InstantSource clock;
  private final AtomicBoolean busy = new AtomicBoolean();

  // Only the reader's thread touches these.
  private String seen = "";
  private Instant since = Instant.EPOCH;

  /**
   * Reads {@code file}.
   *
   * @param reader one thread, which may block
   * @param clock the time of day
   */
  public CloudbaseTokenFile(Path file, Executor reader, InstantSource clock) {
    this.file = file;
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Reading> read() {
    if (busy.getAndSet(true)) {
      return CompletableFuture.completedStage(none("cannot be read: the last look has not ended"));
    }
    return CompletableFuture.supplyAsync(this::look, reader)
        .whenComplete((reading, fault) -> busy.set(false))
        .exceptionally(fault -> none("cannot be read"))
        .copy()
        .completeOnTimeout(
            none("cannot be read within " + LONGEST_READ.toSeconds() + " s"),
            LONGEST_READ.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private Reading look() {
    String text;
    try {
      text = new String(SmallFile.read(file), StandardCharsets.UTF_8).strip();
    } catch (UnusableFileException e) {
      return none(String.valueOf(e.getMessage()));
    }
    String mistake = TokenText.mistake(text);
    if (mistake != null) {
      return none(mistake);
    }
    Instant now = clock.instant();
    if (!text.equals(seen)) {
      since = writtenAt(now);
      seen = text;
    }
    Duration life = LIFE.minus(Duration.between(since, now));
    return life.compareTo(LOOK) > 0
        ? new Found(text, life, LOOK, Duration.ZERO)
        : none(
            "has not changed for "
                + LIFE.toMinutes()
                + " minutes; the hosting should renew it every 10");
  }

  /** A time that cannot be right, for a file that was copied, is replaced by now. */
  private Instant writtenAt(Instant now) {
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      boolean plausible = written.isAfter(now.minus(LIFE)) && !written.isAfter(now);
      return plausible ? written : now;
    } catch (IOException e) {
      return now;
    }
  }

  private static Reading none(String what) {
    return new NotFound(new IssueResult.Unavailable("the file of token.cloudbase-file " + what));
  }
}
