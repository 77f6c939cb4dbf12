package dev.wxnotify.server;

import dev.wxnotify.files.Secret;
import dev.wxnotify.files.UnusableFileException;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.wechat.AppSecret;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The AppSecret of one app, which changes with the configuration and with the file that it names.
 *
 * <p>Concurrency: one atomic reference to the secret and where it is from. A look at a file that is
 * not watched any more may still end; it changes nothing, since the secret is not from there.
 */
final class WatchedSecret implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchedSecret.class);

  private final String appId;
  private final WatchedFiles files;
  private final AtomicReference<Known> known;

  /** Touched only by the thread that changes the configuration. */
  private WatchedFiles.@Nullable Watching watching;

  private record Known(AppSecret secret, @Nullable Path file) {}

  /** Takes the secret of an app, and watches no file yet. */
  WatchedSecret(AppSettings app, WatchedFiles files) {
    this.appId = app.appId();
    this.files = files;
    this.known = new AtomicReference<>(new Known(app.secret(), app.secretFile()));
  }

  /** Returns the secret. */
  AppSecret get() {
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
              "the AppSecret of " + appId,
              List.of(file),
              contents -> read(file, contents.get(0), whenChanged));
    }
  }

  private void read(Path file, byte[] content, Runnable whenChanged) throws UnusableFileException {
    AppSecret now = new AppSecret(Secret.of(content));
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
    Known before = known.getAndSet(new Known(app.secret(), app.secretFile()));
    if (!before.secret.equals(app.secret())) {
      changed(whenChanged);
    }
    watch(whenChanged);
  }

  private void changed(Runnable whenChanged) {
    log.info("app {}: using a new AppSecret", appId);
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
