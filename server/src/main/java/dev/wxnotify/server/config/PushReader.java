package dev.wxnotify.server.config;

import dev.wxnotify.server.config.PushAppSettings.Secrets;
import dev.wxnotify.server.push.EncodingAesKey;
import dev.wxnotify.server.push.PushMode;
import dev.wxnotify.server.push.PushServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads where WeChat's pushes arrive, and which of them are accepted. */
final class PushReader {
  private PushReader() {}

  /** Reads what all apps have in common. */
  static PushServer.Settings read(Reading reading) {
    InetAddress host = reading.get(PushKeys.HOST);
    Duration window = reading.get(PushKeys.TIMESTAMP_WINDOW);
    return new PushServer.Settings(
        reading.find(PushKeys.PORT).map(port -> new InetSocketAddress(host, port)).orElse(null),
        window);
  }

  /** Returns null for an app whose pushes are not accepted, and after a mistake. */
  static @Nullable PushAppSettings ofApp(Reading app) {
    PushMode mode = app.get(PushKeys.MODE);
    URI forwardUrl = app.find(PushKeys.FORWARD_URL).orElse(null);
    Secrets tokens = secrets(app, PushKeys.TOKEN, PushKeys.TOKEN_FILE);
    Secrets keys = secrets(app, PushKeys.AES_KEY, PushKeys.AES_KEY_FILE);
    if (!keys.files().isEmpty() && !keys.values().stream().allMatch(EncodingAesKey::isValid)) {
      app.mistake(
          PushKeys.AES_KEY_FILE, "holds no EncodingAESKey (expected: " + EncodingAesKey.FORM + ")");
    }
    if (!app.has(PushKeys.TOKEN) && !app.has(PushKeys.TOKEN_FILE)) {
      if (Stream.of(PushKeys.AES_KEY, PushKeys.AES_KEY_FILE, PushKeys.MODE, PushKeys.FORWARD_URL)
          .anyMatch(app::has)) {
        app.mistake(PushKeys.ONE, "expected: push.token or push.token-file with the other keys");
      }
      return null;
    }
    if (mode == PushMode.SAFE && !app.has(PushKeys.AES_KEY) && !app.has(PushKeys.AES_KEY_FILE)) {
      app.mistake(
          PushKeys.ONE,
          "expected: push.encoding-aes-key or push.encoding-aes-key-file for push.mode=safe");
      return null;
    }
    return new PushAppSettings(app.name(), tokens, keys, mode, forwardUrl);
  }

  private static Secrets secrets(
      Reading app, Key<List<String>> inPlace, Key<List<SecretFile>> inFiles) {
    if (app.has(inPlace) && app.has(inFiles)) {
      app.mistake(inFiles, "expected: the secret itself, or a file of it");
    }
    Optional<List<String>> values = app.find(inPlace);
    Optional<List<SecretFile>> files = app.find(inFiles);
    return values
        .map(each -> new Secrets(each, List.of()))
        .or(() -> files.map(Secrets::of))
        .orElse(Secrets.NONE);
  }
}
