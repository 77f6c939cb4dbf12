package dev.wxnotify.server;

import dev.wxnotify.server.config.PushAppSettings;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.push.PushApp;
import dev.wxnotify.server.push.PushApps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The apps of the configuration of the moment whose pushes are accepted. Pushes find them from one
 * volatile write on.
 *
 * <p>Concurrency: one thread at a time uses a configuration.
 */
final class RunningPush {
  private final PushApps apps;
  private final WatchedFiles files;
  private final Consumer<String> whenAdded;

  /** By AppID. */
  private Map<String, Running> running = Map.of();

  private record Running(PushAppSettings settings, WatchedPushSecrets secrets) {}

  /**
   * Creates it without apps.
   *
   * @param apps where pushes find them
   * @param whenAdded receives the AppID of each app before pushes find it
   */
  RunningPush(PushApps apps, WatchedFiles files, Consumer<String> whenAdded) {
    this.apps = apps;
    this.files = files;
    this.whenAdded = whenAdded;
  }

  /** Uses other apps from now on. */
  void use(List<AppSettings> settings) {
    Map<String, Running> before = running;
    Map<String, Running> next = new HashMap<>();
    List<PushApp> found = new ArrayList<>();
    for (AppSettings app : settings) {
      PushAppSettings push = app.push();
      if (push != null) {
        Running now = running(app.appId(), push);
        next.put(app.appId(), now);
        whenAdded.accept(app.appId());
        found.add(
            new PushApp(
                push.name(), app.appId(), push.mode(), now.secrets::get, push.forwardUrl()));
      }
    }
    apps.replace(found);
    running = next;
    before.forEach(
        (appId, each) -> {
          Running now = next.get(appId);
          if (now == null || now.secrets != each.secrets) {
            each.secrets.close();
          }
        });
  }

  /** Keeps the secrets of files that did not change; the watch on them follows what they hold. */
  private Running running(String appId, PushAppSettings settings) {
    Running before = running.get(appId);
    if (before != null
        && before.settings.tokens().equals(settings.tokens())
        && before.settings.keys().equals(settings.keys())) {
      return new Running(settings, before.secrets);
    }
    return new Running(settings, new WatchedPushSecrets(appId, settings, files));
  }
}
