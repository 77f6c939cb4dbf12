package dev.wxnotify.server;

import dev.wxnotify.server.redis.RedisLink;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/** Checks what is said of Redis. */
final class RedisSettingsReader {
  private final Mistakes mistakes;

  RedisSettingsReader(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  /**
   * Returns null where there is no Redis. The URL is not repeated in a mistake: there may be a
   * password in it.
   */
  RedisLink.@Nullable Settings settings(ServerConfig.Redis redis) {
    mistakes.positive("wxnotify.redis.command-timeout", redis.commandTimeout());
    mistakes.positive("wxnotify.redis.claim-timeout", redis.claimTimeout());
    if (redis.url().isEmpty()) {
      return null;
    }
    String url = redis.url().get().strip();
    if (!RedisLink.isValidUrl(url)) {
      mistakes.add(
          "wxnotify.redis.url",
          "expected: redis://, redis-sentinel://host:port,host:port#master or"
              + " redis-cluster://host:port,host:port, or with rediss for TLS");
      return null;
    }
    return new RedisLink.Settings(
        url,
        passwordFile(redis, url),
        redis.keyPrefix(),
        redis.commandTimeout(),
        redis.claimTimeout(),
        caCertificate(redis, url));
  }

  private @Nullable Path passwordFile(ServerConfig.Redis redis, String url) {
    if (redis.passwordFile().isEmpty()) {
      return null;
    }
    String key = "wxnotify.redis.password-file";
    String file = redis.passwordFile().get().strip();
    if (RedisLink.hasPassword(url)) {
      mistakes.add(key, "expected: no password in wxnotify.redis.url, or no file");
    }
    return mistakes.secret(key, file) == null ? null : mistakes.path(key, file);
  }

  private @Nullable Path caCertificate(ServerConfig.Redis redis, String url) {
    if (redis.caCertificate().isEmpty()) {
      return null;
    }
    String key = "wxnotify.redis.ca-certificate";
    if (!url.startsWith("rediss")) {
      mistakes.add(key, "is for TLS only: rediss://, rediss-sentinel:// or rediss-cluster://");
      return null;
    }
    String file = redis.caCertificate().get().strip();
    byte[] pem = mistakes.content(key, file);
    if (pem == null) {
      return null;
    }
    try {
      if (!CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .isEmpty()) {
        return mistakes.path(key, file);
      }
    } catch (CertificateException e) {
      // The text may repeat what the file holds.
    }
    mistakes.add(key, "expected: a PEM file of certificates");
    return null;
  }
}
