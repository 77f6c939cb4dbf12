package dev.wxnotify.server.redis;

import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.TokenReader;
import dev.wxnotify.server.token.TokenReader.Found;
import dev.wxnotify.server.token.TokenReader.NotFound;
import dev.wxnotify.server.token.TokenReader.Reading;
import dev.wxnotify.server.token.TokenText;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that another system keeps in a Redis, which may be that system's own. It only reads,
 * by GET and PTTL: it works with a user that may do nothing else, and where Redis is full or a
 * replica. So it has a connection of its own, and does without the probes of {@link RedisLink},
 * which write.
 *
 * <p>Concurrency: the connection is one atomic reference; whoever finds none makes it, once.
 */
public final class RedisTokens implements AutoCloseable {
  /** To connect and to read. */
  private static final Duration LONGEST_READ = Duration.ofSeconds(5);

  /** Then another connection is made: the other end of this one may be gone without a word. */
  private static final int FAILURES_PER_CONNECTION = 3;

  /** A key that lives no longer is read again as if it did. */
  private static final Duration LEAST = Duration.ofSeconds(1);

  /** How often a key without a life of its own is read, and for how long its token is known. */
  private static final Duration UNKNOWN_AGAIN = Duration.ofMinutes(1);

  private static final Duration UNKNOWN_LIFE = Duration.ofMinutes(2);
  private static final Duration UNKNOWN_GRACE = Duration.ofHours(2);

  /**
   * A system that keeps tokens lets the key end earlier than the token, WxJava by 200 s, and writes
   * the next one when it needs one itself. Until then the last one is used.
   */
  private static final Duration GRACE = Duration.ofSeconds(200);

  private static final long NO_LIFE = -1;

  private final RedisConnector connector;
  private final ScheduledExecutorService timer;
  private final AtomicReference<@Nullable CompletableFuture<RedisConnector.Connection>> connection =
      new AtomicReference<>();
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * Makes a client that connects when it is asked first.
   *
   * @param settings where Redis is; the key prefix is not used
   */
  public RedisTokens(RedisLink.Settings settings, ScheduledExecutorService timer) {
    this.connector = new RedisConnector(settings);
    this.timer = timer;
  }

  /** Returns what reads the token under {@code key}. */
  public TokenReader reader(String key) {
    return () -> read(key);
  }

  private CompletionStage<Reading> read(String key) {
    CompletableFuture<Reading> result = new CompletableFuture<>();
    Future<?> late =
        timer.schedule(
            () -> {
              if (result.complete(none("no answer within " + LONGEST_READ.toSeconds() + " s"))) {
                failed();
              }
            },
            LONGEST_READ.toMillis(),
            TimeUnit.MILLISECONDS);
    var ignored =
        connected()
            .thenCompose(made -> ask(made.commands(), key))
            .whenComplete(
                (reading, fault) -> {
                  late.cancel(false);
                  if (fault == null) {
                    failures.set(0);
                    result.complete(reading);
                  } else if (result.complete(none(fault))) {
                    failed();
                  }
                });
    return result;
  }

  /**
   * The life is asked for first: if the key is written in between, the new token is read again too
   * early, and not an old one too late.
   */
  private static CompletionStage<Reading> ask(
      RedisClusterAsyncCommands<String, String> redis, String key) {
    CompletionStage<Long> life = redis.pttl(key);
    return redis.get(key).thenCombine(life, RedisTokens::reading);
  }

  private static Reading reading(@Nullable String value, long life) {
    if (value == null) {
      return new NotFound(new IssueResult.Unavailable("the key of token.redis-key does not exist"));
    }
    String token = value.strip();
    String mistake = TokenText.mistake(token);
    if (mistake != null) {
      return new NotFound(
          new IssueResult.Unavailable(
              "the value under token.redis-key "
                  + mistake
                  + "; expected: the token alone, as a string (with Redisson: by StringCodec)"));
    }
    if (life == NO_LIFE) {
      return new Found(token, UNKNOWN_LIFE, UNKNOWN_AGAIN, UNKNOWN_GRACE);
    }
    Duration lasts = Duration.ofMillis(Math.max(life, LEAST.toMillis()));
    return new Found(token, lasts, lasts, GRACE);
  }

  private CompletableFuture<RedisConnector.Connection> connected() {
    CompletableFuture<RedisConnector.Connection> now = connection.get();
    if (now != null) {
      return now;
    }
    CompletableFuture<RedisConnector.Connection> mine = new CompletableFuture<>();
    if (!connection.compareAndSet(null, mine)) {
      return connected();
    }
    var ignored =
        connector
            .connect()
            .whenComplete(
                (made, fault) -> {
                  if (fault == null) {
                    mine.complete(made);
                  } else {
                    connection.compareAndSet(mine, null);
                    mine.completeExceptionally(fault);
                  }
                });
    return mine;
  }

  private void failed() {
    if (failures.incrementAndGet() >= FAILURES_PER_CONNECTION) {
      failures.set(0);
      CompletableFuture<RedisConnector.Connection> old = connection.getAndSet(null);
      if (old != null) {
        var ignored = old.thenAccept(RedisConnector.Connection::close);
      }
    }
  }

  /** The texts of Lettuce and Redis hold addresses and command names, and no values. */
  private static Reading none(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = String.valueOf(root.getMessage());
    if (root instanceof RedisCommandExecutionException && text.startsWith("WRONGTYPE")) {
      return new NotFound(
          new IssueResult.Unavailable("the key of token.redis-key holds no string (WRONGTYPE)"));
    }
    return none(root.getMessage() == null ? root.getClass().getSimpleName() : text);
  }

  private static Reading none(String why) {
    return new NotFound(
        new IssueResult.Unavailable("the Redis of token.redis-key cannot be read: " + why));
  }

  @Override
  public void close() {
    connector.close();
  }
}
