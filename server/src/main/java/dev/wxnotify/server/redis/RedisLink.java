package dev.wxnotify.server.redis;

import dev.wxnotify.server.redis.LinkState.Kind;
import dev.wxnotify.server.redis.LinkState.Known;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis, and whether it is of use: see {@link LinkState}.
 *
 * <p>There are two ways to ask. {@link #call} waits for the command timeout, and not at all while
 * Redis is doubted: for what can do without. {@link #await} waits for up to the claim timeout while
 * Redis is not known to be down: for what would be done twice otherwise.
 *
 * <pre>
 *   0          command timeout            claim timeout
 *   ├──────────────┼───────────────────────────┤
 *    await: answer ⇒ done, whenever it comes    ⇒ fails
 *    a fault ⇒ doubt; the probe answers ⇒ once more
 *                   no answer ⇒ doubt
 *                                  the probe fails, or is late by the claim timeout ⇒ down, fails
 * </pre>
 *
 * <p>So a Redis that hangs costs the claim timeout at most to the commands under way when it began
 * to hang, and nothing to later ones. One that is slow but answers within the claim timeout is up.
 *
 * <p>The probe is a script that writes, as the commands of the hot path are: a Redis that is full,
 * or a replica, answers a ping. It goes to where the command went that failed, which in a cluster
 * is one node of several: a cluster that is half dead is down.
 *
 * <p>One probe is under way at a time: a doubt starts one, and each that fails starts the next.
 *
 * <p>It is long because the two ways to ask, doubt and probe decide about one state, and a reader
 * must see them together.
 */
public final class RedisLink implements AutoCloseable {
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);

  /**
   * So many probes in a row fail on one connection; then another one is made. Its other end may be
   * gone without a word, or may be a master no more.
   */
  private static final int PROBES_PER_CONNECTION = 3;

  /** Leaves nothing behind. */
  private static final Script PROBE =
      new Script(
          """
          redis.call('TIME')
          redis.call('GET', KEYS[1])
          redis.call('SET', KEYS[1], '', 'PX', 10000)
          redis.call('DEL', KEYS[1])
          return 'done'
          """);

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  private final RedisConnector connector;
  private final String keyPrefix;
  private final Duration commandTimeout;
  private final Duration claimTimeout;

  /** A doubt is decided within this time. */
  private final Duration longestDoubt;

  private final ScheduledExecutorService timer;
  private final LinkState state = new LinkState(System::nanoTime);
  private final LongAdder commandsFailed = new LongAdder();
  private final List<Runnable> whenUp = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();

  /** Whether what is behind the connection may not be what answered last. */
  private final AtomicBoolean isOtherConnection = new AtomicBoolean();

  private volatile RedisConnector.@Nullable Connection connection;
  private volatile String probeKey;
  private volatile boolean closed;

  /**
   * Settings.
   *
   * @param url {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
   *     redis-cluster://}
   * @param passwordFile a file of the password; null where it is in the URL, or there is none
   * @param keyPrefix begins every key, so that several fleets can share one Redis
   * @param commandTimeout how long a command may take before Redis is doubted
   * @param claimTimeout the most that a claim of a request id may add to the latency of a message,
   *     and how long Redis may give no answer before it is down; not below {@code commandTimeout}
   * @param caCertificate a PEM file of what signs the certificates of Redis; null for those that
   *     Java trusts
   */
  public record Settings(
      String url,
      @Nullable Path passwordFile,
      String keyPrefix,
      Duration commandTimeout,
      Duration claimTimeout,
      @Nullable Path caCertificate) {
    /** A claim waits at least as long as any other command. */
    public Settings {
      if (claimTimeout.compareTo(commandTimeout) < 0) {
        claimTimeout = commandTimeout;
      }
    }

    /** Never holds the URL, in which there may be a password. */
    @Override
    public String toString() {
      return "Settings[" + keyPrefix + ", " + commandTimeout + ", " + claimTimeout + "]";
    }
  }

  /** Tells whether {@code url} has one of the forms that are known. */
  public static boolean isValidUrl(String url) {
    return RedisConnector.isValid(url);
  }

  /** Tells whether there is a password in {@code url}; a user alone is none. */
  public static boolean hasPassword(String url) {
    return RedisUrl.of(url).map(RedisUrl::hasPassword).orElse(false);
  }

  /** Makes a link that is not connected yet. */
  public RedisLink(Settings settings, ScheduledExecutorService timer) {
    this.connector = new RedisConnector(settings);
    this.keyPrefix = settings.keyPrefix();
    this.commandTimeout = settings.commandTimeout();
    this.claimTimeout = settings.claimTimeout();
    Duration rest = claimTimeout.minus(commandTimeout);
    this.longestDoubt = rest.compareTo(commandTimeout) < 0 ? commandTimeout : rest;
    this.timer = timer;
    this.probeKey = key("probe");
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
    Known now = state.now();
    return now.kind() == Kind.DOWN ? Optional.of(now.why()) : Optional.empty();
  }

  /**
   * Returns how many commands Redis did not do, or not in time, since the start; those are not
   * among them that were spared because it was known to be down.
   */
  public long commandsFailed() {
    return commandsFailed.sum();
  }

  /** Tells whether Redis is not known to be down. */
  boolean isUp() {
    return state.now().kind() != Kind.DOWN;
  }

  /** Tells whether Redis is neither down nor doubted. */
  boolean isCertain() {
    return state.now().kind() == Kind.UP;
  }

  /** Returns how long a command may take before Redis is doubted. */
  Duration commandTimeout() {
    return commandTimeout;
  }

  /**
   * Has {@code task} run each time when Redis is of use again: it may have been emptied.
   *
   * @return ends that
   */
  Runnable whenUp(Runnable task) {
    whenUp.add(task);
    return () -> whenUp.remove(task);
  }

  /** Runs {@code task} on the timer's thread, after a pause in which an outage may end. */
  void later(Runnable task) {
    if (!closed) {
      var ignored = timer.schedule(task, PROBE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Runs {@code task} on the timer's thread. */
  void soon(Runnable task) {
    if (!closed) {
      timer.execute(task);
    }
  }

  String key(String name) {
    return keyPrefix + name;
  }

  /** Runs a command on {@code key}; fails at once unless Redis is known to be up. */
  <T> CompletionStage<T> call(
      String key, Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
    Known known = state.now();
    RedisConnector.Connection now = connection;
    if (now == null || known.kind() != Kind.UP) {
      return CompletableFuture.failedStage(new RedisUnavailableException(known.why()));
    }
    return within(commandTimeout, start(now, command))
        .whenComplete(
            (value, fault) -> {
              if (fault != null) {
                commandsFailed.increment();
                doubt(known, key, explain(fault));
              }
            });
  }

  /**
   * Runs a script on one key unless Redis is known to be down, and waits for it for as long as that
   * is so, up to the claim timeout; once more where it failed and Redis is there all the same. For
   * scripts that may run twice.
   */
  CompletionStage<String> await(Script script, String key, String... arguments) {
    Known known = state.now();
    if (known.kind() == Kind.DOWN) {
      return CompletableFuture.failedStage(new RedisUnavailableException(known.why()));
    }
    CompletableFuture<String> result = new CompletableFuture<>();
    attempt(result, key, redis -> script.run(redis, key, arguments), true);
    schedule(commandTimeout, result, () -> onLate(result, key));
    return result.whenComplete(
        (value, fault) -> {
          if (fault != null) {
            commandsFailed.increment();
          }
        });
  }

  private <T> void attempt(
      CompletableFuture<T> result,
      String key,
      Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command,
      boolean mayRepeat) {
    Known known = state.now();
    RedisConnector.Connection now = connection;
    if (now == null) {
      result.completeExceptionally(new RedisUnavailableException(known.why()));
      return;
    }
    var ignored =
        start(now, command)
            .whenComplete(
                (value, fault) -> {
                  if (fault == null) {
                    result.complete(value);
                  } else {
                    doubt(known, key, explain(fault));
                    afterVerdict(
                        answers -> {
                          if (answers && mayRepeat && !result.isDone()) {
                            attempt(result, key, command, false);
                          } else {
                            result.completeExceptionally(fault);
                          }
                        });
                  }
                });
  }

  private void afterVerdict(Consumer<Boolean> then) {
    var ignored = state.now().verdict().thenAccept(then);
  }

  private void onLate(CompletableFuture<?> result, String key) {
    String why = timedOut(commandTimeout);
    doubt(state.now(), key, why);
    afterVerdict(
        answers -> {
          if (!answers) {
            result.completeExceptionally(new RedisUnavailableException(why));
          }
        });
    schedule(
        claimTimeout.minus(commandTimeout),
        result,
        () -> result.completeExceptionally(new RedisUnavailableException(timedOut(claimTimeout))));
  }

  /** Fails if {@code stage} takes longer than {@code limit}. */
  private <T> CompletableFuture<T> within(Duration limit, CompletionStage<T> stage) {
    CompletableFuture<T> result = new CompletableFuture<>();
    var ignored =
        stage.whenComplete(
            (value, fault) -> {
              if (fault == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(fault);
              }
            });
    schedule(
        limit,
        result,
        () -> result.completeExceptionally(new RedisUnavailableException(timedOut(limit))));
    return result;
  }

  private static String timedOut(Duration limit) {
    return "timed out: no answer within " + limit.toMillis() + " ms";
  }

  /** Runs {@code task} on the timer's thread unless {@code result} is there by then. */
  void schedule(Duration delay, CompletableFuture<?> result, Runnable task) {
    if (closed || result.isDone()) {
      return;
    }
    Future<?> planned = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    var ignored = result.whenComplete((value, fault) -> planned.cancel(false));
  }

  /**
   * Runs a command as {@link #call}, and once more if it fails and Redis turns out to be there all
   * the same. For commands that may be done twice, and that are worth the wait.
   */
  <T> CompletionStage<T> insist(
      String key, Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
    return call(key, command)
        .handle(
            (value, fault) ->
                fault == null
                    ? CompletableFuture.completedStage(value)
                    : state
                        .now()
                        .verdict()
                        .thenCompose(
                            answers ->
                                answers
                                    ? call(key, command)
                                    : CompletableFuture.<T>failedStage(fault)))
        .thenCompose(Function.identity());
  }

  /** Runs a script as {@link #insist}; in one round trip except for the first time. */
  CompletionStage<String> insistOn(Script script, String key, String... arguments) {
    return insist(key, redis -> script.run(redis, key, arguments));
  }

  private static <T> CompletionStage<T> start(
      RedisConnector.Connection connection,
      Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
    try {
      return command.apply(connection.commands());
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private void doubt(Known seen, String key, String why) {
    if (state.doubt(seen, why)) {
      probeKey = key("probe:{" + tagOf(key) + "}");
      probeDoubt();
    }
  }

  /** A cut is noticed even while nothing is asked: what Redis held may be gone with it. */
  private void doubtAfterCut(RedisConnector.Connection cut) {
    if (!closed && cut.equals(connection) && state.doubt(state.now(), "the connection was lost")) {
      probeDoubt();
    }
  }

  /** The probe may take longer, as making a connection does; what waits for it does not. */
  private void probeDoubt() {
    Known doubted = state.now();
    schedule(longestDoubt, doubted.verdict(), () -> state.giveUp(doubted));
    probe(1);
  }

  /** A key with this in braces lives where {@code key} lives in a cluster. */
  private static String tagOf(String key) {
    int open = key.indexOf('{');
    int close = key.indexOf('}', open + 1);
    return open >= 0 && close > open + 1 ? key.substring(open + 1, close) : key;
  }

  private void tryToConnect() {
    if (closed) {
      return;
    }
    var ignored =
        connector
            .connect()
            .whenComplete(
                (made, fault) -> {
                  if (fault == null) {
                    use(made);
                  } else {
                    state.failed(explain(fault));
                    firstAttempt.complete(null);
                    retry();
                  }
                });
  }

  /** The old connection is kept until there is a new one: it may come back to life. */
  private void retry() {
    later(connection == null ? this::tryToConnect : () -> probe(1));
  }

  private void use(RedisConnector.Connection made) {
    RedisConnector.Connection old = connection;
    connection = made;
    isOtherConnection.set(true);
    if (old != null) {
      old.close();
    }
    made.whenCut(() -> doubtAfterCut(made));
    if (closed) {
      made.close();
    } else {
      probe(1);
    }
  }

  /**
   * Probes.
   *
   * @param attempt how many probes this is on one connection since it last answered
   */
  private void probe(int attempt) {
    RedisConnector.Connection now = connection;
    if (closed || now == null) {
      return;
    }
    var ignored =
        start(now, redis -> PROBE.run(redis, probeKey))
            .whenComplete(
                (value, fault) -> {
                  if (fault == null) {
                    onAnswer();
                  } else if (now.isOpen()) {
                    state.failed(explain(fault));
                    later(
                        attempt < PROBES_PER_CONNECTION
                            ? () -> probe(attempt + 1)
                            : this::tryToConnect);
                  } else {
                    // Many a cut is of a connection that was idle. Else the attempt tells why.
                    tryToConnect();
                  }
                  firstAttempt.complete(null);
                });
  }

  private void onAnswer() {
    switch (state.answered()) {
      case WELL -> {
        if (isOtherConnection.getAndSet(false)) {
          whenUp.forEach(Runnable::run);
        }
      }
      case HEALED -> {
        isOtherConnection.set(false);
        whenUp.forEach(Runnable::run);
      }
      case HELD -> later(() -> probe(1));
    }
  }

  /** The texts of Lettuce and Redis hold addresses and command names, and no values. */
  private static String explain(Throwable fault) {
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
