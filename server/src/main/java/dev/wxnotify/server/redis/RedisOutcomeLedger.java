package dev.wxnotify.server.redis;

import dev.wxnotify.server.delivery.InMemoryOutcomeLedger;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.SendOutcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger that the replicas of a fleet share. The process's own ledger is asked first, and is
 * what is left while Redis is down.
 *
 * <p>One key for each request id, whose value is either a claim, {@code P:fingerprint:owner:until},
 * or an outcome, {@code D:fingerprint:json}. A claim whose time is over has lost its owner: whether
 * the owner had sent the message nobody knows, so the next one to ask turns it into an UNKNOWN
 * outcome. All of that is one script, and so one round trip.
 */
public final class RedisOutcomeLedger implements OutcomeLedger {
  private static final String GRANTED = "G";
  private static final String IN_PROGRESS = "I";
  private static final String CONFLICT = "C";

  /**
   * Arguments: fingerprint, owner, milliseconds that the claim lasts, retention, outcome of a lost
   * claim.
   */
  private static final Script CLAIM =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          local time = redis.call('TIME')
          local now = time[1] * 1000 + math.floor(time[2] / 1000)
          if not stored then
            local claim = 'P:' .. ARGV[1] .. ':' .. ARGV[2] .. ':' .. string.format('%.0f', now + ARGV[3])
            redis.call('SET', KEYS[1], claim, 'PX', ARGV[4])
            return 'G'
          end
          if string.sub(stored, 1, 2) == 'D:' then
            return stored
          end
          local fingerprint, owner, until_ = string.match(stored, '^P:([^:]*):([^:]*):(%d+)$')
          if fingerprint ~= ARGV[1] then
            return 'C'
          end
          if owner == ARGV[2] then
            return 'G'
          end
          if now < tonumber(until_) then
            return 'I'
          end
          local lost = 'D:' .. fingerprint .. ':' .. ARGV[5]
          redis.call('SET', KEYS[1], lost, 'PX', ARGV[4])
          return lost
          """);

  /** Arguments: fingerprint, outcome, retention. An outcome on record is never replaced. */
  private static final Script STORE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if not stored or string.sub(stored, 1, 2) == 'P:' then
            redis.call('SET', KEYS[1], 'D:' .. ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
          end
          return 'done'
          """);

  /** Argument: owner. */
  private static final Script RELEASE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if stored and string.match(stored, '^P:[^:]*:([^:]*):%d+$') == ARGV[1] then
            redis.call('DEL', KEYS[1])
          end
          return 'done'
          """);

  private static final String RETENTION = Long.toString(InMemoryOutcomeLedger.RETENTION.toMillis());
  private static final int HASH_BYTES = 16;

  /**
   * What could not be told to a Redis that was down is told when it is back; beyond this it is
   * forgotten.
   */
  private static final int MOST_UNTOLD = 10_000;

  private final RedisLink redis;
  private final OutcomeLedger own;
  private final String owner = UUID.randomUUID().toString();
  private final Map<Key, Untold> untold = new ConcurrentHashMap<>();

  /** What became of a claim; no outcome means that it was given back. */
  private record Untold(String fingerprint, @Nullable SendOutcome outcome) {}

  /**
   * Shares {@code own} through {@code redis}.
   *
   * @param own what this process knows by itself
   */
  public RedisOutcomeLedger(RedisLink redis, OutcomeLedger own) {
    this.redis = redis;
    this.own = own;
    redis.whenUp(this::tellWhatIsUntold);
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
    Untold known = untold.get(key);
    if (known != null && known.outcome != null) {
      return settleOwn(key, fingerprint, toClaim(known, fingerprint));
    }
    return redis
        .run(
            CLAIM,
            keyOf(key),
            fingerprint,
            owner,
            Long.toString(longest.toMillis()),
            RETENTION,
            OutcomeCodec.encode(OutcomeCodec.LOST))
        .handle((reply, fault) -> fault == null ? toClaim(reply, fingerprint) : new Claim.Granted())
        .thenCompose(claim -> settleOwn(key, fingerprint, claim));
  }

  /** The process's own ledger granted the key, and must learn that the fleet's did not. */
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

  private static Claim toClaim(Untold known, String fingerprint) {
    return known.outcome != null && known.fingerprint.equals(fingerprint)
        ? new Claim.Done(known.outcome)
        : new Claim.Conflict();
  }

  private static Claim toClaim(String reply, String fingerprint) {
    return switch (reply) {
      case GRANTED -> new Claim.Granted();
      case IN_PROGRESS -> new Claim.InProgress();
      case CONFLICT -> new Claim.Conflict();
      default -> {
        String[] parts = reply.split(":", 3);
        yield parts[1].equals(fingerprint)
            ? new Claim.Done(OutcomeCodec.decode(parts[2]))
            : new Claim.Conflict();
      }
    };
  }

  @Override
  public CompletionStage<Void> store(Key key, String fingerprint, SendOutcome outcome) {
    return own.store(key, fingerprint, outcome)
        .thenCompose(stored -> tell(key, new Untold(fingerprint, outcome)));
  }

  @Override
  public CompletionStage<Void> release(Key key) {
    return own.release(key).thenCompose(released -> tell(key, new Untold("", null)));
  }

  private CompletionStage<Void> tell(Key key, Untold news) {
    SendOutcome outcome = news.outcome;
    CompletionStage<String> told =
        outcome == null
            ? redis.run(RELEASE, keyOf(key), owner)
            : redis.run(
                STORE, keyOf(key), news.fingerprint, OutcomeCodec.encode(outcome), RETENTION);
    return told.handle(
        (done, fault) -> {
          if (fault == null) {
            untold.remove(key, news);
          } else if (untold.size() < MOST_UNTOLD) {
            untold.put(key, news);
          }
          return null;
        });
  }

  private void tellWhatIsUntold() {
    untold.forEach(
        (key, news) -> {
          var ignored = tell(key, news);
        });
  }

  /** A hash, so that keys are short and hold nothing of the callers'. */
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
