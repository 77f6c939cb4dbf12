package dev.wxnotify.server;

import dev.wxnotify.files.Secret;
import dev.wxnotify.files.UnusableFileException;
import dev.wxnotify.server.config.PushAppSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.push.EncodingAesKey;
import dev.wxnotify.server.push.PushSecrets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What proves the pushes of one app, which changes with the files that hold it. Where the
 * configuration names other files, another object takes its place.
 *
 * <p>Concurrency: one volatile reference, which the looks at files change one at a time.
 */
final class WatchedPushSecrets implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchedPushSecrets.class);

  private final String appId;
  private final List<WatchedFiles.Watching> watches = new ArrayList<>();
  private volatile PushSecrets secrets;

  /** Takes the secrets of an app, and watches the files that hold them. */
  WatchedPushSecrets(String appId, PushAppSettings settings, WatchedFiles files) {
    this.appId = appId;
    this.secrets = new PushSecrets(settings.tokens().values(), keys(settings.keys().values()));
    if (!settings.tokens().files().isEmpty()) {
      watches.add(
          files.watch(
              "push.token of " + appId,
              settings.tokens().files(),
              contents -> useTokens(texts(contents))));
    }
    if (!settings.keys().files().isEmpty()) {
      watches.add(
          files.watch(
              "push.encoding-aes-key of " + appId,
              settings.keys().files(),
              contents -> useKeys(texts(contents))));
    }
  }

  /** Returns those of the moment. */
  PushSecrets get() {
    return secrets;
  }

  private static List<String> texts(List<byte[]> contents) throws UnusableFileException {
    List<String> texts = new ArrayList<>();
    for (byte[] content : contents) {
      texts.add(Secret.of(content));
    }
    return texts;
  }

  private static List<EncodingAesKey> keys(List<String> texts) {
    return texts.stream().map(EncodingAesKey::new).toList();
  }

  private void useTokens(List<String> tokens) {
    change("push.token", before -> new PushSecrets(tokens, before.keys()));
  }

  private void useKeys(List<String> texts) {
    List<EncodingAesKey> keys = keys(texts); // Its text names the form, and not the key.
    change("push.encoding-aes-key", before -> new PushSecrets(before.tokens(), keys));
  }

  private synchronized void change(String what, UnaryOperator<PushSecrets> change) {
    PushSecrets before = secrets;
    secrets = change.apply(before);
    if (!secrets.equals(before)) {
      log.info("app {}: using a new {}", appId, what);
    }
  }

  /** Watches the files no more. */
  @Override
  public void close() {
    watches.forEach(WatchedFiles.Watching::close);
  }
}
