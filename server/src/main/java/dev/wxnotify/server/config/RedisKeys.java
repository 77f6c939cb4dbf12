package dev.wxnotify.server.config;

import dev.wxnotify.server.redis.RedisLink;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;

/**
 * The configuration of Redis and of the memory of request ids. What is stored in Redis, and under
 * which keys, is in the package {@code redis}.
 */
final class RedisKeys {
  static final Key<Long> LEDGER_ENTRIES =
      Key.of(
          "wxnotify.ledger.max-entries",
          Types.longFrom(1),
          "200000",
          "the most outcomes remembered for their `request_id` (350 to 420 bytes each). Beyond it"
              + " the oldest leave first. As many wait for a Redis that is down");

  static final ValueType<String> URL_TYPE = ValueType.of("URL", RedisKeys::url).secret();

  static final Key<String> URL =
      Key.optional(
          "wxnotify.redis.url",
          URL_TYPE,
          "shares tokens and request ids among replicas; absent: in memory. `redis://`,"
              + " `redis-sentinel://host:port,host:port#master` or"
              + " `redis-cluster://host:port,host:port`, or with `rediss` for TLS. See"
              + " [replicas.md](replicas.md)");

  static final Key<SecretFile> PASSWORD_FILE =
      Key.optional(
          "wxnotify.redis.password-file",
          Types.SECRET_FILE,
          "a file that holds its password, which is then not in the URL; read again for each new"
              + " connection");

  static final Key<String> KEY_PREFIX =
      Key.of("wxnotify.redis.key-prefix", Types.TEXT, "wxnotify:", "begins every key");

  static final Key<Duration> COMMAND_TIMEOUT =
      Key.of(
          "wxnotify.redis.command-timeout",
          Types.DURATION,
          "100ms",
          "how long a command to Redis may take before a probe checks whether Redis is available");

  static final Key<Duration> CLAIM_TIMEOUT =
      Key.of(
          "wxnotify.redis.claim-timeout",
          Types.DURATION,
          "1s",
          "the most that claiming a `request_id` in Redis may add to the latency of a message; a"
              + " Redis that gives no answer for so long counts as down");

  static final Key<ReadFile> CA_CERTIFICATE =
      Key.optional(
          "wxnotify.redis.ca-certificate",
          ValueType.of("file", RedisKeys::certificates),
          "PEM file of the CA that signs the certificates of Redis (`rediss://` only); absent: what"
              + " Java trusts");

  static final Section SECTION =
      new Section(
          "Request ids and Redis",
          List.of(
              LEDGER_ENTRIES,
              URL,
              PASSWORD_FILE,
              KEY_PREFIX,
              COMMAND_TIMEOUT,
              CLAIM_TIMEOUT,
              CA_CERTIFICATE));

  private RedisKeys() {}

  private static String url(String text) throws WrongValueException {
    String url = text.strip();
    if (!RedisLink.isValidUrl(url)) {
      throw new WrongValueException(
          "expected: redis://, redis-sentinel://host:port,host:port#master or"
              + " redis-cluster://host:port,host:port, or with rediss for TLS; @, :, /, ?, # and %"
              + " in a user or password are percent-encoded, as %40 for @");
    }
    return url;
  }

  private static ReadFile certificates(String text) throws WrongValueException {
    ReadFile file = Types.file(text);
    try {
      if (!CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(file.content()))
          .isEmpty()) {
        return file;
      }
    } catch (CertificateException e) {
      // The text may repeat what the file holds.
    }
    throw new WrongValueException("expected: a PEM file of certificates");
  }
}
