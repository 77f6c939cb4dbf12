package dev.wxnotify.server.config;

import dev.wxnotify.server.push.EncodingAesKey;
import dev.wxnotify.server.push.PushMode;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The keys of WeChat's message push: of the endpoint, and of each app. */
final class PushKeys {
  /** The pushes of one app. */
  static final String ONE = AppKeys.ONE + ".push";

  static final Key<InetAddress> HOST =
      Key.of(
          "wxnotify.push.host",
          Types.HOST,
          "127.0.0.1",
          "address of the endpoint for WeChat's pushes, which is plain HTTP: put a proxy with TLS"
              + " in front of it");

  static final Key<Integer> PORT =
      Key.optional(
          "wxnotify.push.port",
          Types.PORT,
          "its port, with the path `/wechat/NAME` for each app that has a `push.token`; 0 = any free"
              + " one, which is logged. Absent: no endpoint, and pushes come by"
              + " `EventService.IngestPush` only");

  static final Key<Duration> TIMESTAMP_WINDOW =
      Key.of(
          "wxnotify.push.timestamp-window",
          Types.DURATION,
          "10m",
          "how far the time of a push may be from that of this server, in both directions");

  static final Key<List<String>> TOKEN =
      Key.optional(
          ONE + ".token",
          Types.SECRETS,
          "the Token of the push settings in WeChat's console; a list while it changes. It, or"
              + " `push.token-file`, makes the server accept pushes of the app");

  static final Key<List<SecretFile>> TOKEN_FILE =
      Key.optional(
          ONE + ".token-file",
          Types.SECRET_FILES,
          "a file that holds it instead; a list of files while it changes. Read again when they"
              + " change");

  static final Key<List<String>> AES_KEY =
      Key.optional(
          ONE + ".encoding-aes-key",
          ValueType.listOf("keys, " + EncodingAesKey.FORM + " each", PushKeys::aesKey).secret(),
          "the EncodingAESKey of the push settings; a list while it changes. It, or"
              + " `push.encoding-aes-key-file`, is required for `push.mode` = `safe`");

  static final Key<List<SecretFile>> AES_KEY_FILE =
      Key.optional(
          ONE + ".encoding-aes-key-file",
          Types.SECRET_FILES,
          "a file that holds it instead; a list of files while it changes. Read again when they"
              + " change");

  static final Key<PushMode> MODE =
      Key.of(
          ONE + ".mode",
          Types.oneOf(PushMode.class),
          "safe",
          "`safe` takes encrypted pushes only, as WeChat's safe and compatible modes send them."
              + " `plain` takes plain ones too, whose body nothing proves: whoever has seen one URL"
              + " can forge any");

  static final Key<URI> FORWARD_URL =
      Key.optional(
          ONE + ".forward-url",
          ValueType.of("URL without user, query and fragment", WeChatUrls::anyBaseUrl),
          "gets every other push of the app by POST, as it came, and its answer is handed back to"
              + " WeChat; absent: they are answered with `success`");

  static final Section SECTION =
      new Section(
          "WeChat's pushes",
          List.of(
              HOST,
              PORT,
              TIMESTAMP_WINDOW,
              TOKEN,
              TOKEN_FILE,
              AES_KEY,
              AES_KEY_FILE,
              MODE,
              FORWARD_URL));

  private PushKeys() {}

  private static String aesKey(String text) throws WrongValueException {
    if (!EncodingAesKey.isValid(text)) {
      throw new WrongValueException("expected: " + EncodingAesKey.FORM);
    }
    return text;
  }
}
