package dev.wxnotify.server.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Lua script that Redis runs as one step, on one key.
 *
 * @param text the script
 * @param digest its SHA-1, under which Redis caches it
 */
record Script(String text, String digest) {
  Script(String text) {
    this(text, sha1(text));
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }

  /** Runs the script in one round trip, except for the first time, when its text is sent too. */
  CompletionStage<String> run(
      RedisClusterAsyncCommands<String, String> redis, String key, String... arguments) {
    String[] keys = {key};
    return redis
        .<String>evalsha(digest, ScriptOutputType.VALUE, keys, arguments)
        .handle(
            (value, fault) ->
                unwrap(fault) instanceof RedisNoScriptException
                    ? redis
                        .<String>eval(text, ScriptOutputType.VALUE, keys, arguments)
                        .toCompletableFuture()
                    : fault == null
                        ? CompletableFuture.completedFuture(value)
                        : CompletableFuture.<String>failedFuture(fault))
        .thenCompose(Function.identity());
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable fault) {
    return fault instanceof CompletionException && fault.getCause() != null
        ? fault.getCause()
        : fault;
  }
}
