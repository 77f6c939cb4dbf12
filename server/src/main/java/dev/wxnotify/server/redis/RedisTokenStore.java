package dev.wxnotify.server.redis;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.token.TokenStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of one app and kind in Redis: {@code expiresAt:receivedAt:value} (milliseconds since
 * 1970) under one key that lives as long as the token, and one key for each lease. The keys share a
 * hash tag, so that they live on one node of a cluster.
 *
 * <p>All that is asked here may be done twice and is off the path of the messages, so it is asked
 * once more where a single command failed: to go on alone costs a token call.
 *
 * <p>A Redis that comes late, or comes back empty, is given the token again by every replica that
 * knows it, so that one that starts then finds it.
 */
public final class RedisTokenStore implements TokenStore {
  private static final Logger log = LoggerFactory.getLogger(RedisTokenStore.class);

  /** What is stored and is no token counts as none, and is replaced. */
  private static final Script SAVE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          local ends = stored and string.match(stored, '^(%d+):%d+:.')
          if ends and #ends <= 15 and tonumber(ends) > tonumber(ARGV[1]) then
            return 'older'
          end
          redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])
          return 'saved'
          """);

  private static final Script DISCARD =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if stored and string.match(stored, '^%d+:%d+:(.*)$') == ARGV[1] then
            redis.call('DEL', KEYS[1])
          end
          return 'done'
          """);

  private static final Script RELEASE =
      new Script(
          """
          if redis.call('GET', KEYS[1]) == ARGV[1] then
            redis.call('DEL', KEYS[1])
          end
          return 'done'
          """);

  /** Arguments: owner, milliseconds. The owner may ask twice. */
  private static final Script LEASE =
      new Script(
          """
          local holder = redis.call('GET', KEYS[1])
          if holder and holder ~= ARGV[1] then
            return 'taken'
          end
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return 'yours'
          """);

  private static final String YOURS = "yours";

  /** At most 15 digits: more are no time, and Lua would round them. */
  private static final Pattern STORED =
      Pattern.compile("(\\d{1,15}):(\\d{1,15}):(.+)", Pattern.DOTALL);

  private final RedisLink redis;
  private final String appId;
  private final String key;
  private final InstantSource clock;
  private final Runnable forget;

  /** The newest token that went through here and was not discarded. */
  private final AtomicReference<@Nullable AccessToken> known = new AtomicReference<>();

  /**
   * Stores the token of one app.
   *
   * @param kind which endpoint issues it: the two know nothing of each other
   */
  public RedisTokenStore(RedisLink redis, String appId, String kind, InstantSource clock) {
    this.redis = redis;
    this.appId = appId;
    this.key = redis.key("{token:" + appId + ":" + kind + "}");
    this.clock = clock;
    this.forget = redis.whenUp(this::saveAgain);
  }

  @Override
  public void close() {
    forget.run();
  }

  @Override
  public CompletionStage<Optional<AccessToken>> load() {
    return redis
        .insist(key, commands -> commands.get(key))
        .thenApply(
            stored ->
                Optional.ofNullable(parse(stored))
                    .filter(token -> clock.instant().isBefore(token.expiresAt())))
        .thenApply(
            token -> {
              token.ifPresent(this::remember);
              return token;
            });
  }

  @Override
  public CompletionStage<Void> save(AccessToken token) {
    remember(token);
    return write(token);
  }

  private void remember(AccessToken token) {
    known.accumulateAndGet(
        token, (before, now) -> before != null && before.isNewerThan(now) ? before : now);
  }

  private void saveAgain() {
    AccessToken token = known.get();
    if (token != null) {
      var ignored = write(token);
    }
  }

  private CompletionStage<Void> write(AccessToken token) {
    long life = Duration.between(clock.instant(), token.expiresAt()).toMillis();
    if (life <= 0) {
      return CompletableFuture.completedStage(null);
    }
    return redis
        .insistOn(
            SAVE,
            key,
            Long.toString(token.expiresAt().toEpochMilli()),
            token.receivedAt().toEpochMilli() + ":" + token.value(),
            Long.toString(life))
        .thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Void> discard(AccessToken token) {
    known.updateAndGet(before -> before != null && before.isSameAs(token) ? null : before);
    return redis.insistOn(DISCARD, key, token.value()).thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration) {
    String leaseKey = key + ":" + purpose.name().toLowerCase(Locale.ROOT);
    String owner = UUID.randomUUID().toString();
    return redis
        .insistOn(LEASE, leaseKey, owner, Long.toString(duration.toMillis()))
        .thenApply(
            answer ->
                answer.equals(YOURS)
                    ? Optional.of(
                        () -> {
                          var ignored = redis.insistOn(RELEASE, leaseKey, owner);
                        })
                    : Optional.empty());
  }

  /** What is stored is not logged: it may be a token all the same. */
  private @Nullable AccessToken parse(@Nullable String stored) {
    if (stored == null) {
      return null;
    }
    Matcher parts = STORED.matcher(stored);
    if (parts.matches()) {
      Instant expiresAt = Instant.ofEpochMilli(Long.parseLong(parts.group(1)));
      Instant receivedAt = Instant.ofEpochMilli(Long.parseLong(parts.group(2)));
      if (expiresAt.isAfter(receivedAt)) {
        return new AccessToken(parts.group(3), receivedAt, expiresAt, appId, TokenSource.WECHAT);
      }
    }
    log.debug("redis: the value stored under {} is not a token", key);
    return null;
  }
}
