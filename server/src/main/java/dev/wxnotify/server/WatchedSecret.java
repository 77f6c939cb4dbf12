package dev.wxnotify.server;

import dev.wxnotify.files.Secret;
import dev.wxnotify.files.UnusableFileException;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.server.wechat.BearerTokens;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret by which the token source of one app is asked, such as the AppSecret. It changes with
 * the configuration and with the file that it names. It belongs to one kind of source: where that
 * changes, another object takes its place, so that no source is asked with the secret of another.
 *
 * <p>Concurrency: one atomic reference to the secret and where it is from. A look at a file that is
 * not watched any more may still end; it changes nothing, since the secret is not from there.
 */
final class WatchedSecret implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchedSecret.class);

  private final String appId;
  private final boolean isBearer;
  private final WatchedFiles files;
  private final AtomicReference<Known> known;

  /** Touched only by the thread that changes the configuration. */
  private WatchedFiles.@Nullable Watching watching;

  private record Known(String secret, @Nullable Path file) {
    static Known of(AppSettings app) {
      return new Known(app.token().secretText(), app.token().secretFile());
    }

    /** Never contains the secret. */
    @Override
    public String toString() {
      return "Known[" + file + "]";
    }
  }

  /** Takes the secret of an app, and watches no file yet. */
  WatchedSecret(AppSettings app, WatchedFiles files) {
    this.appId = app.appId();
    this.isBearer = app.token().source() == TokenSource.URL;
    this.files = files;
    this.known = new AtomicReference<>(Known.of(app));
  }

  /** Returns the secret; empty if the source needs none. */
  String get() {
    return known.get().secret;
  }

  /**
   * Watches its file, if it has one.
   *
   * @param whenChanged runs when there is another secret
   */
  void watch(Runnable whenChanged) {
    Path file = known.get().file;
    if (file != null) {
      watching =
          files.watch(
              isBearer ? "the bearer token for token.url of " + appId : "the AppSecret of " + appId,
              List.of(file),
              contents -> read(file, contents.get(0), whenChanged));
    }
  }

  private void read(Path file, byte[] content, Runnable whenChanged) throws UnusableFileException {
    String now = Secret.of(content);
    if (isBearer && !BearerTokens.isValid(now)) {
      throw new IllegalArgumentException("it has other than visible ASCII characters");
    }
    Known before = known.get();
    if (file.equals(before.file)
        && !now.equals(before.secret)
        && known.compareAndSet(before, new Known(now, file))) {
      changed(whenChanged);
    }
  }

  /** Uses the secret of another configuration of the app, and watches its file. */
  void use(AppSettings app, Runnable whenChanged) {
    close();
    Known now = Known.of(app);
    if (!known.getAndSet(now).secret.equals(now.secret)) {
      changed(whenChanged);
    }
    watch(whenChanged);
  }

  private void changed(Runnable whenChanged) {
    log.info(
        isBearer
            ? "app {}: using a new bearer token for token.url"
            : "app {}: using a new AppSecret",
        appId);
    whenChanged.run();
  }

  /** Watches its file no more. */
  @Override
  public void close() {
    if (watching != null) {
      watching.close();
      watching = null;
    }
  }
}
