package dev.wxnotify.server.redis;

import dev.wxnotify.server.delivery.InMemoryOutcomeLedger;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.redis.Backlog.News;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ledger that the replicas of a fleet share. The process's own ledger is asked first, and
 * remains in use while Redis is down.
 *
 * <p>There is one key for each request id. Its value is either a claim, {@code
 * P:fingerprint:owner:number:until}, or an outcome, {@code D:fingerprint:json}. An expired claim
 * has lost its owner. It is not known whether the owner had sent the message, so the next request
 * turns the claim into an UNKNOWN outcome. All of that is one script, and so one round trip.
 *
 * <p>While Redis is not known to be down, a claim waits for its answer, up to the claim timeout:
 * continuing without it may send a second copy. An outcome is already in Redis as a claim, so that
 * a message waits for it for a shorter time. News that Redis has not confirmed are kept in a {@link
 * Backlog} and sent again until it has.
 *
 * <p>It is long because the scripts of one key stand beside the code that reads their answers.
 */
public final class RedisOutcomeLedger implements OutcomeLedger {
  private static final String GRANTED = "G";
  private static final String IN_PROGRESS = "I";
  private static final String CONFLICT = "C";

  /**
   * Arguments: fingerprint, owner, number, the claim's duration in milliseconds, retention, outcome
   * of a lost claim. A claim of the same owner was released, or its ledger would not have asked.
   */
  private static final Script CLAIM =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          local time = redis.call('TIME')
          local now = time[1] * 1000 + math.floor(time[2] / 1000)
          if stored then
            if string.sub(stored, 1, 2) == 'D:' then
              return stored
            end
            local fingerprint, owner, until_ = string.match(stored, '^P:([^:]*):([^:]*):%d+:(%d+)$')
            if owner ~= ARGV[2] then
              if fingerprint ~= ARGV[1] then
                return 'C'
              end
              if now < tonumber(until_) then
                return 'I'
              end
              local lost = 'D:' .. fingerprint .. ':' .. ARGV[6]
              redis.call('SET', KEYS[1], lost, 'PX', ARGV[5])
              return lost
            end
          end
          local ends = string.format('%.0f', now + ARGV[4])
          local claim = 'P:' .. ARGV[1] .. ':' .. ARGV[2] .. ':' .. ARGV[3] .. ':' .. ends
          redis.call('SET', KEYS[1], claim, 'PX', ARGV[5])
          return 'G'
          """);

  /** Arguments: fingerprint, outcome, retention. A stored outcome is never replaced. */
  private static final Script STORE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if not stored or string.sub(stored, 1, 2) == 'P:' then
            redis.call('SET', KEYS[1], 'D:' .. ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
          end
          return 'done'
          """);

  /** Arguments: owner, and the number of its last claim that this may concern. */
  private static final Script RELEASE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if stored then
            local owner, number = string.match(stored, '^P:[^:]*:([^:]*):(%d+):%d+$')
            if owner == ARGV[1] and tonumber(number) <= tonumber(ARGV[2]) then
              redis.call('DEL', KEYS[1])
            end
          end
          return 'done'
          """);

  private static final String RETENTION = Long.toString(InMemoryOutcomeLedger.RETENTION.toMillis());
  private static final int HASH_BYTES = 16;

  /** The number of backlog entries sent at once: few enough to finish well within the timeout. */
  private static final int CHUNK = 100;

  private static final Duration FLUSH_LOOK = Duration.ofMillis(10);

  private final RedisLink redis;
  private final OutcomeLedger own;
  private final String owner = UUID.randomUUID().toString();

  /**
   * Numbers the claims, so that the release of an earlier claim does not release a later one. The
   * process's own ledger frees a key before Redis does, and the next claim may be faster.
   */
  private final AtomicLong claims = new AtomicLong();

  private final Backlog backlog;
  private final AtomicBoolean sending = new AtomicBoolean();
  private final AtomicBoolean sendingPlanned = new AtomicBoolean();

  /**
   * Shares {@code own} through {@code redis}.
   *
   * @param own the process's own ledger
   * @param maxUnsent the maximum number of outcomes to keep for a Redis that is down
   */
  public RedisOutcomeLedger(RedisLink redis, OutcomeLedger own, long maxUnsent) {
    this.redis = redis;
    this.own = own;
    this.backlog = new Backlog(maxUnsent, System::nanoTime);
    var ignored = redis.whenUp(this::sendBacklog);
  }

  /** Returns how many outcomes, and released claims, are not stored in Redis yet. */
  public int unsent() {
    return backlog.size();
  }

  /** Returns how many of them were forgotten since the start because too many waited. */
  public long forgotten() {
    return backlog.forgotten();
  }

  @Override
  public CompletionStage<Claim> claim(Key key, String fingerprint, Duration longest) {
    return own.claim(key, fingerprint, longest)
        .thenCompose(
            claim ->
                claim instanceof Claim.Granted
                    ? claimShared(key, fingerprint, longest)
                    : CompletableFuture.completedStage(claim));
  }

  private CompletionStage<Claim> claimShared(Key key, String fingerprint, Duration longest) {
    Optional<Claim> known = backlog.of(key).flatMap(news -> toClaim(news, fingerprint));
    if (known.isPresent()) {
      return settleOwn(key, fingerprint, known.get());
    }
    return redis
        .await(
            CLAIM,
            keyOf(key),
            fingerprint,
            owner,
            Long.toString(claims.incrementAndGet()),
            Long.toString(longest.toMillis()),
            RETENTION,
            OutcomeCodec.encode(OutcomeCodec.LOST))
        .handle((reply, fault) -> fault == null ? toClaim(reply, fingerprint) : new Claim.Granted())
        .thenCompose(claim -> settleOwn(key, fingerprint, claim));
  }

  /** The process's own ledger granted the key, and must be updated if the fleet's did not. */
  private CompletionStage<Claim> settleOwn(Key key, String fingerprint, Claim claim) {
    if (claim instanceof Claim.Granted) {
      return CompletableFuture.completedStage(claim);
    }
    CompletionStage<Void> settled =
        claim instanceof Claim.Done done
            ? own.store(key, fingerprint, done.outcome())
            : own.release(key);
    return settled.thenApply(done -> claim);
  }

  private static Optional<Claim> toClaim(News known, String fingerprint) {
    SendOutcome outcome = known.outcome();
    if (outcome == null) {
      return Optional.empty();
    }
    return Optional.of(
        known.fingerprint().equals(fingerprint) ? new Claim.Done(outcome) : new Claim.Conflict());
  }

  private static Claim toClaim(String reply, String fingerprint) {
    return switch (reply) {
      case GRANTED -> new Claim.Granted();
      case IN_PROGRESS -> new Claim.InProgress();
      case CONFLICT -> new Claim.Conflict();
      default -> {
        String[] parts = reply.split(":", 3);
        yield parts[1].equals(fingerprint)
            ? new Claim.Done(OutcomeCodec.decode(parts.length == 3 ? parts[2] : ""))
            : new Claim.Conflict();
      }
    };
  }

  @Override
  public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
    return own.store(key, fingerprint, outcome)
        .thenCompose(stored -> send(key, new News(fingerprint, outcome, claims.get())));
  }

  @Override
  public CompletionStage<Void> release(Key key) {
    long lastClaim = claims.get();
    return own.release(key).thenCompose(released -> send(key, new News("", null, lastClaim)));
  }

  /**
   * Sends news to Redis, and completes when Redis has stored them. A message waits for that at most
   * for the command timeout, and not at all while Redis is doubted: from then on the news are in
   * the backlog, and are sent again until Redis has stored them. Sending them twice does no harm.
   */
  private CompletionStage<Void> send(Key key, News news) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    AtomicBoolean waits = new AtomicBoolean();
    Runnable addToBacklog =
        () -> {
          if (!waits.getAndSet(true)) {
            backlog.add(key, news);
            sendBacklogLater();
          }
          sent.complete(null);
        };
    if (!redis.isCertain()) {
      addToBacklog.run();
    }
    var ignored =
        command(key, news)
            .whenComplete(
                (done, fault) -> {
                  if (fault == null) {
                    backlog.stored(key, news);
                    sent.complete(null);
                  } else {
                    addToBacklog.run();
                  }
                });
    redis.schedule(redis.commandTimeout(), sent, addToBacklog);
    return sent;
  }

  private CompletionStage<String> command(Key key, News news) {
    SendOutcome outcome = news.outcome();
    return outcome == null
        ? redis.await(RELEASE, keyOf(key), owner, Long.toString(news.lastClaim()))
        : redis.await(
            STORE, keyOf(key), news.fingerprint(), OutcomeCodec.encode(outcome), RETENTION);
  }

  private void sendBacklogLater() {
    if (!sendingPlanned.getAndSet(true)) {
      redis.later(
          () -> {
            sendingPlanned.set(false);
            sendBacklog();
          });
    }
  }

  /**
   * Sends the backlog, one chunk after the other, so that current messages are not delayed and no
   * command waits for thousands of others.
   */
  private void sendBacklog() {
    if (redis.isUp() && !sending.getAndSet(true)) {
      sendChunk(0, true);
    }
  }

  /**
   * Sends a chunk, and then the next.
   *
   * @param after the number of the last entry of the previous chunk
   * @param all whether Redis has stored all entries of this round
   */
  private void sendChunk(long after, boolean all) {
    List<Backlog.Entry> chunk = backlog.after(after, CHUNK);
    if (chunk.isEmpty() || !redis.isUp()) {
      sending.set(false);
      if (!all || backlog.size() > 0) {
        sendBacklogLater();
      }
      return;
    }
    List<CompletableFuture<Boolean>> sent = chunk.stream().map(this::sendAgain).toList();
    var ignored =
        CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
            .thenRun(
                () ->
                    redis.soon(
                        () ->
                            sendChunk(
                                chunk.get(chunk.size() - 1).number(),
                                all && sent.stream().allMatch(CompletableFuture::join))));
  }

  /** Completes with whether Redis has stored the entry. */
  private CompletableFuture<Boolean> sendAgain(Backlog.Entry entry) {
    return command(entry.key(), entry.news())
        .handle(
            (done, fault) -> {
              if (fault == null) {
                backlog.stored(entry.key(), entry.news());
              }
              return fault == null;
            })
        .toCompletableFuture();
  }

  /**
   * Waits until Redis has stored everything, for a server that stops; not longer than {@code
   * limit}, and not while Redis is down.
   */
  public void flush(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    sendBacklog();
    while (unsent() > 0 && redis.isUp() && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(FLUSH_LOOK.toMillis());
      sendBacklog();
    }
  }

  /** A hash, so that keys are short and contain nothing from callers. */
  private String keyOf(Key key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(key.caller().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      byte[] hash = digest.digest(key.requestId().getBytes(StandardCharsets.UTF_8));
      return redis.key("request:" + HexFormat.of().formatHex(hash, 0, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
