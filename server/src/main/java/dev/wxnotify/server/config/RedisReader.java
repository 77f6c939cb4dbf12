package dev.wxnotify.server.config;

import dev.wxnotify.server.redis.RedisLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where Redis is, and how long it may take. */
final class RedisReader {
  private final Reading reading;

  RedisReader(Reading reading) {
    this.reading = reading;
  }

  /** Returns null for a server that shares nothing, and after a mistake. */
  RedisLink.@Nullable Settings read() {
    String keyPrefix = reading.get(RedisKeys.KEY_PREFIX);
    Duration commandTimeout = reading.get(RedisKeys.COMMAND_TIMEOUT);
    Duration claimTimeout = reading.get(RedisKeys.CLAIM_TIMEOUT);
    Optional<String> url = reading.find(RedisKeys.URL);
    return url.isEmpty()
        ? null
        : new RedisLink.Settings(
            url.get(),
            passwordFile(url.get()),
            keyPrefix,
            commandTimeout,
            claimTimeout,
            caCertificate(url.get()));
  }

  /** Returns the settings of a Redis of another system, which is only read. */
  RedisLink.Settings other(String url, @Nullable Path passwordFile) {
    return new RedisLink.Settings(
        url,
        passwordFile,
        "",
        reading.find(RedisKeys.COMMAND_TIMEOUT).orElseGet(RedisKeys.COMMAND_TIMEOUT::defaultValue),
        reading.find(RedisKeys.CLAIM_TIMEOUT).orElseGet(RedisKeys.CLAIM_TIMEOUT::defaultValue),
        url.startsWith("rediss")
            ? reading.find(RedisKeys.CA_CERTIFICATE).map(ReadFile::path).orElse(null)
            : null);
  }

  private @Nullable Path passwordFile(String url) {
    if (reading.has(RedisKeys.PASSWORD_FILE) && RedisLink.hasPassword(url)) {
      reading.mistake(
          RedisKeys.PASSWORD_FILE,
          "expected: no password in " + RedisKeys.URL.name() + ", or no file");
    }
    return reading.find(RedisKeys.PASSWORD_FILE).map(SecretFile::path).orElse(null);
  }

  private @Nullable Path caCertificate(String url) {
    if (reading.has(RedisKeys.CA_CERTIFICATE) && !url.startsWith("rediss")) {
      reading.mistake(
          RedisKeys.CA_CERTIFICATE,
          "is for TLS only: rediss://, rediss-sentinel:// or rediss-cluster://");
      return null;
    }
    return reading.find(RedisKeys.CA_CERTIFICATE).map(ReadFile::path).orElse(null);
  }
}
