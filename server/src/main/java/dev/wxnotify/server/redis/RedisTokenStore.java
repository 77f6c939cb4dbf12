package dev.wxnotify.server.redis;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.TokenStore;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The token of one app and kind in Redis: {@code expiresAt:receivedAt:value} (milliseconds since
 * 1970) under one key that lives as long as the token, and one key for each lease. The keys share a
 * hash tag, so that they live on one node of a cluster.
 */
public final class RedisTokenStore implements TokenStore {
  private static final Script SAVE =
      new Script(
          """
          local stored = redis.call('GET', KEYS[1])
          if stored and tonumber(string.match(stored, '^(%d+):')) > tonumber(ARGV[1]) then
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

  private final RedisLink redis;
  private final String key;
  private final InstantSource clock;

  /**
   * Stores the token of one app.
   *
   * @param kind which endpoint issues it: the two know nothing of each other
   */
  public RedisTokenStore(RedisLink redis, String appId, String kind, InstantSource clock) {
    this.redis = redis;
    this.key = redis.key("{token:" + appId + ":" + kind + "}");
    this.clock = clock;
  }

  @Override
  public CompletionStage<Optional<AccessToken>> load() {
    return redis
        .call(commands -> commands.get(key))
        .thenApply(
            stored ->
                Optional.ofNullable(parse(stored))
                    .filter(token -> clock.instant().isBefore(token.expiresAt())));
  }

  @Override
  public CompletionStage<Void> save(AccessToken token) {
    long life = Duration.between(clock.instant(), token.expiresAt()).toMillis();
    if (life <= 0) {
      return CompletableFuture.completedStage(null);
    }
    return redis
        .run(
            SAVE,
            key,
            Long.toString(token.expiresAt().toEpochMilli()),
            token.receivedAt().toEpochMilli() + ":" + token.value(),
            Long.toString(life))
        .thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Void> discard(AccessToken token) {
    return redis.run(DISCARD, key, token.value()).thenAccept(done -> {});
  }

  @Override
  public CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration) {
    String leaseKey = key + ":" + purpose.name().toLowerCase(Locale.ROOT);
    String owner = UUID.randomUUID().toString();
    return redis
        .call(
            commands -> commands.set(leaseKey, owner, SetArgs.Builder.nx().px(duration.toMillis())))
        .thenApply(
            taken ->
                taken == null
                    ? Optional.empty()
                    : Optional.of(
                        () -> {
                          var ignored = redis.run(RELEASE, leaseKey, owner);
                        }));
  }

  private static @Nullable AccessToken parse(@Nullable String stored) {
    if (stored == null) {
      return null;
    }
    String[] parts = stored.split(":", 3);
    return new AccessToken(
        parts[2],
        Instant.ofEpochMilli(Long.parseLong(parts[1])),
        Instant.ofEpochMilli(Long.parseLong(parts[0])));
  }
}
