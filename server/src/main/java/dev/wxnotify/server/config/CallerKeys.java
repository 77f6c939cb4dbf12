package dev.wxnotify.server.config;

import java.util.List;
import java.util.Locale;

/** The keys of each caller. */
final class CallerKeys {
  /** What all callers have in common. */
  static final String ALL = "wxnotify.grpc.callers";

  /** One caller. */
  static final String ONE = ALL + "." + Key.NAME;

  /** What {@code sha256sum} says of nothing: a token that was not set. */
  private static final String HASH_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  static final Key<List<String>> TOKEN_SHA256 =
      Key.optional(
          ONE + ".token-sha256",
          ValueType.listOf("SHA-256, 64 hexadecimal digits each", CallerKeys::hash),
          "SHA-256 of the caller's bearer token; a list while tokens change. No hash appears twice,"
              + " and none is that of an empty token");

  static final Key<List<String>> CERTIFICATE_NAMES =
      Key.optional(
          ONE + ".certificate-names",
          ValueType.listOf("texts", text -> text),
          "the names in client certificates that belong to the caller. It needs"
              + " `wxnotify.grpc.tls.client-ca`; no name appears twice");

  static final Key<List<String>> APPS =
      Key.of(
          ONE + ".apps",
          ValueType.listOf("app NAMEs", text -> text),
          "*",
          "NAMEs of the apps that it may use; `*` = all");

  static final Key<Integer> MAX_IN_FLIGHT =
      Key.optional(
          ONE + ".max-in-flight",
          Types.integerFrom(1),
          "the most messages of it in progress at once, on each replica; absent: no limit of its"
              + " own");

  static final Key<Integer> MAX_PER_SECOND =
      Key.optional(
          ONE + ".max-per-second",
          Types.integerFrom(1),
          "the most messages of it that begin in a second, on each replica; absent: no limit of"
              + " its own");

  static final Key<Boolean> OPERATOR =
      Key.of(ONE + ".operator", Types.BOOLEAN, "false", "whether it may call `OperationsService`");

  static final Key<Boolean> TOKENS =
      Key.of(
          ONE + ".tokens",
          Types.BOOLEAN,
          "false",
          "whether it may get the access tokens of its apps by `TokenService`; `operator` does not"
              + " include it");

  static final Key<Boolean> PUSH =
      Key.of(
          ONE + ".push",
          Types.BOOLEAN,
          "false",
          "whether it may pass on WeChat's pushes by `EventService.IngestPush`; `operator` does not"
              + " include it");

  static final Section SECTION =
      new Section(
          "Callers",
          List.of(
              TOKEN_SHA256,
              CERTIFICATE_NAMES,
              APPS,
              MAX_IN_FLIGHT,
              MAX_PER_SECOND,
              OPERATOR,
              TOKENS,
              PUSH));

  private CallerKeys() {}

  /** The value is not repeated, as ever: here it may be the token itself. */
  private static String hash(String text) throws WrongValueException {
    String hash = text.toLowerCase(Locale.ROOT);
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new WrongValueException("expected: the 64 hexadecimal digits of a SHA-256");
    }
    if (hash.equals(HASH_OF_NOTHING)) {
      throw new WrongValueException("is the hash of an empty token");
    }
    return hash;
  }
}
