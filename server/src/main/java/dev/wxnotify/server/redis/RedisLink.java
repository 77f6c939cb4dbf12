package dev.wxnotify.server.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, and whether it is of use.
 *
 * <pre>
 *            a command fails or times out
 *      UP ─────────────────────────────────▶ DOWN    commands fail at once, without waiting
 *       ▲                                      │
 *       └──────── a probe writes ◀─────────────┘     every half second
 * </pre>
 *
 * <p>So a Redis that hangs costs the command timeout to those who were asking when it began to
 * hang, and to nobody later. The probe writes, since a Redis that is full, or a replica, answers a
 * ping.
 *
 * <p>Concurrency: the state is one atomic reference; whoever changes it starts what follows from
 * the change.
 */
public final class RedisLink implements AutoCloseable {
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);
  private static final Duration PROBE_LIFE = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  private final RedisConnector connector;
  private final String keyPrefix;
  private final ScheduledExecutorService timer;
  private final AtomicReference<State> state =
      new AtomicReference<>(new State(false, "not connected yet"));
  private final List<Runnable> whenUp = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();
  private volatile @Nullable RedisClusterAsyncCommands<String, String> commands;
  private volatile boolean closed;

  private record State(boolean up, String why) {}

  /**
   * Settings.
   *
   * @param url {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
   *     redis-cluster://}
   * @param keyPrefix begins every key, so that several fleets can share one Redis
   * @param commandTimeout the most that a command may add to the latency of a message
   */
  public record Settings(String url, String keyPrefix, Duration commandTimeout) {
    /** Never holds the URL, in which there may be a password. */
    @Override
    public String toString() {
      return "Settings[" + keyPrefix + ", " + commandTimeout + "]";
    }
  }

  /** Tells whether {@code url} has one of the forms that are known. */
  public static boolean isValidUrl(String url) {
    return RedisConnector.isValid(url);
  }

  /** Makes a link that is not connected yet. */
  public RedisLink(Settings settings, ScheduledExecutorService timer) {
    this.connector = new RedisConnector(settings.url(), settings.commandTimeout());
    this.keyPrefix = settings.keyPrefix();
    this.timer = timer;
  }

  /**
   * Connects, in the background for as long as it takes, and waits for the first attempt, but not
   * longer than {@code patience}: a fleet that starts at once shares its first token only if it is
   * connected by then.
   */
  public void connect(Duration patience) throws InterruptedException {
    tryToConnect();
    try {
      firstAttempt.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn("redis: no answer within {}; starting without it", patience);
    } catch (ExecutionException e) {
      throw new AssertionError("never completes so", e);
    }
  }

  /** Tells why Redis is of no use now; empty while it is. */
  public Optional<String> trouble() {
    State now = state.get();
    return now.up ? Optional.empty() : Optional.of(now.why);
  }

  boolean isUp() {
    return state.get().up;
  }

  /** Has {@code task} run each time when Redis is of use again. */
  void whenUp(Runnable task) {
    whenUp.add(task);
  }

  String key(String name) {
    return keyPrefix + name;
  }

  /** Runs a command; fails at once while Redis is known to be down. */
  <T> CompletionStage<T> call(
      Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
    RedisClusterAsyncCommands<String, String> now = commands;
    State known = state.get();
    if (now == null || !known.up) {
      return CompletableFuture.failedStage(new RedisUnavailableException(known.why));
    }
    return watch(command, now);
  }

  /** Runs a script on one key, in one round trip except for the first time. */
  CompletionStage<String> run(Script script, String key, String... arguments) {
    String[] keys = {key};
    return call(
        redis ->
            redis
                .<String>evalsha(script.digest(), ScriptOutputType.VALUE, keys, arguments)
                .handle(
                    (value, fault) ->
                        unwrap(fault) instanceof RedisNoScriptException
                            ? redis
                                .<String>eval(
                                    script.text(), ScriptOutputType.VALUE, keys, arguments)
                                .toCompletableFuture()
                            : fault == null
                                ? CompletableFuture.completedFuture(value)
                                : CompletableFuture.<String>failedFuture(fault))
                .thenCompose(Function.identity()));
  }

  private <T> CompletionStage<T> watch(
      Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command,
      RedisClusterAsyncCommands<String, String> redis) {
    CompletionStage<T> result;
    try {
      result = command.apply(redis);
    } catch (RuntimeException e) {
      result = CompletableFuture.failedStage(e);
    }
    return result.whenComplete(
        (value, fault) -> {
          if (fault != null) {
            down(unwrap(fault));
          }
        });
  }

  private void tryToConnect() {
    if (closed) {
      return;
    }
    var ignored =
        connector
            .connect()
            .whenComplete(
                (connected, fault) -> {
                  if (fault == null) {
                    commands = connected;
                    probe();
                  } else {
                    notConnected(unwrap(fault));
                    later(this::tryToConnect);
                  }
                });
  }

  private void notConnected(@Nullable Throwable fault) {
    String why = explain(fault);
    if (!state.getAndSet(new State(false, why)).why.equals(why)) {
      log.warn("redis: down: {}; going on without it", why);
    }
    firstAttempt.complete(null);
  }

  private void probe() {
    RedisClusterAsyncCommands<String, String> redis = commands;
    if (closed || redis == null) {
      return;
    }
    CompletionStage<String> written;
    try {
      written = redis.set(key("probe"), "", SetArgs.Builder.px(PROBE_LIFE.toMillis()));
    } catch (RuntimeException e) {
      written = CompletableFuture.failedStage(e);
    }
    var ignored =
        written.whenComplete(
            (value, fault) -> {
              if (fault == null) {
                up();
              } else {
                notConnected(unwrap(fault));
                later(this::probe);
              }
            });
  }

  private void up() {
    if (!state.getAndSet(new State(true, "")).up) {
      log.info("redis: up");
      firstAttempt.complete(null);
      whenUp.forEach(Runnable::run);
    }
  }

  private void down(@Nullable Throwable fault) {
    State now = state.get();
    if (now.up && state.compareAndSet(now, new State(false, explain(fault)))) {
      log.warn("redis: down: {}; going on without it", explain(fault));
      later(this::probe);
    }
  }

  private void later(Runnable task) {
    if (!closed) {
      var ignored = timer.schedule(task, PROBE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable fault) {
    return fault instanceof CompletionException && fault.getCause() != null
        ? fault.getCause()
        : fault;
  }

  /** The texts of Lettuce and Redis hold addresses and command names, and no values. */
  private static String explain(@Nullable Throwable fault) {
    if (fault == null) {
      return "unknown";
    }
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  @Override
  public void close() {
    closed = true;
    connector.close();
  }
}
