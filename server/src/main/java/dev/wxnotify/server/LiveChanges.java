package dev.wxnotify.server;

import dev.wxnotify.server.config.ConfigWatch;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import java.util.ArrayList;
import java.util.List;

/**
 * Uses the apps and callers of another configuration while the server runs: first the apps, so that
 * a new caller finds its app.
 *
 * <p>Concurrency: used by one thread at a time.
 */
final class LiveChanges implements ConfigWatch.Target {
  private final RunningApps apps;
  private final RunningPush push;
  private final Apps directory;
  private final GrpcServer grpc;
  private List<CallerSettings> callers;

  /**
   * Creates it.
   *
   * @param callers those that {@code grpc} was made with
   */
  LiveChanges(
      RunningApps apps,
      RunningPush push,
      Apps directory,
      GrpcServer grpc,
      List<CallerSettings> callers) {
    this.apps = apps;
    this.push = push;
    this.directory = directory;
    this.grpc = grpc;
    this.callers = callers;
  }

  @Override
  public String use(ServerSettings settings) {
    String before = byDefault();
    List<String> texts =
        new ArrayList<>(apps.use(settings.apps(), LiveChanges::begin).texts("apps"));
    push.use(settings.apps());
    if (!byDefault().equals(before)) {
      texts.add("messages without app_id belong to " + byDefault());
    }
    List<CallerSettings> now = settings.grpc().callers();
    texts.addAll(Difference.between(callers, now, CallerSettings::name).texts("callers"));
    grpc.useCallers(now);
    callers = now;
    return String.join("; ", texts);
  }

  private static void begin(App added) {
    added.tokens().warmUp();
    added.templates().start();
  }

  private String byDefault() {
    App app = directory.find("");
    return app == null ? "no app" : app.appId();
  }
}
