package dev.wxnotify.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.config.ServerSettings.AppSettings;
import dev.wxnotify.server.config.WatchedFiles;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.metrics.ServerMeters;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.token.TokenCache;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The apps of the configuration of the moment, with all that is there for each of them. The start
 * uses the first configuration in the same way as a change uses the next one.
 *
 * <pre>
 *   new      made ─▶ counted ─▶ secret watched ─▶ found by calls ─▶ token and templates fetched
 *   same     untouched
 *   changed  secret, default, reminders: in the app that there is; its token lives on
 *            anything else: new tokens and templates; pace, quota and counters stay
 *   removed  not found by calls ─▶ secret not watched, gauges gone ─▶ last message has ended
 *            ─▶ tokens and templates closed, counters gone
 * </pre>
 *
 * <p>Calls that found an app before it was changed or removed go on with the one that they found.
 *
 * <p>Concurrency: one thread at a time uses a configuration, and calls see it from one volatile
 * write on ({@link Apps#replace}). The last message of a removed app ends on any thread; from there
 * the timer closes the app. {@code lock} decides between that and an app of the same id that comes
 * back: whether its counters stay. A server that is closed meanwhile closes every cache: whoever
 * opens one looks afterwards whether it is.
 */
final class RunningApps implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningApps.class);

  private final Apps directory;
  private final AppFactory factory;
  private final WatchedFiles files;
  private final Observers observers;
  private final Executor timer;

  /** By AppID, as they are configured; touched only by the thread that uses a configuration. */
  private Map<String, Running> running = Map.of();

  private final Map<TokenCache, TemplateList> open = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  /** The apps whose counters are needed by the configuration. */
  @GuardedBy("lock")
  private Set<String> counted = Set.of();

  private volatile boolean closed;

  /** What keeps something about each app. */
  record Observers(ServerMeters meters, Readiness readiness, RecentFailures failures) {}

  private record Running(AppSettings settings, App app, WatchedSecret secret) {}

  /**
   * Creates it without apps.
   *
   * @param directory where calls find apps
   * @param timer runs what closes an app
   */
  RunningApps(
      Apps directory, AppFactory factory, WatchedFiles files, Observers observers, Executor timer) {
    this.directory = directory;
    this.factory = factory;
    this.files = files;
    this.observers = observers;
    this.timer = timer;
  }

  /**
   * Uses other apps from now on.
   *
   * @param settings at least one; at most one of them is the default
   * @param whenAdded receives each app that has no token yet, once calls can find it
   * @return what changed, by AppID
   */
  Difference use(List<AppSettings> settings, Consumer<App> whenAdded) {
    List<AppSettings> wanted = settings.stream().map(this::withKnownSecret).toList();
    Map<String, Running> before = running;
    Map<String, Running> next = new LinkedHashMap<>();
    wanted.forEach(each -> next.put(each.appId(), running(before.get(each.appId()), each)));
    count(next, before);
    next.forEach((appId, each) -> useSecret(before.get(appId), each));
    directory.replace(next.values().stream().map(Running::app).toList(), byDefault(next));
    running = next;
    next.forEach(
        (appId, each) -> {
          if (hasOtherTokens(before.get(appId), each)) {
            whenAdded.accept(each.app);
          }
        });
    before.forEach((appId, each) -> leave(each, next.get(appId)));
    if (closed) {
      close();
    }
    return Difference.between(
        before.values().stream().map(Running::settings).toList(), wanted, AppSettings::appId);
  }

  private AppSettings withKnownSecret(AppSettings app) {
    Running before = running.get(app.appId());
    return before == null ? app : app.withSecretOf(before.settings);
  }

  private static @Nullable App byDefault(Map<String, Running> apps) {
    return apps.values().stream()
        .filter(each -> each.settings.isDefault())
        .map(Running::app)
        .findFirst()
        .orElse(null);
  }

  /** Returns an app as it shall run; it is not used yet, and nothing that runs is changed. */
  private Running running(@Nullable Running before, AppSettings settings) {
    if (before == null) {
      WatchedSecret secret = new WatchedSecret(settings, files);
      App made = factory.make(settings, secret::get);
      open.put(made.tokens(), made.templates());
      return new Running(settings, made, secret);
    }
    if (settings.equals(before.settings)) {
      return before;
    }
    App app = before.app;
    WatchedSecret secret =
        settings.token().source() == before.settings.token().source()
            ? before.secret
            : new WatchedSecret(settings, files);
    if (!settings.seckill().equals(app.seckill())) {
      app = app.withSeckill(settings.seckill());
    }
    if (!before.settings.changedTo(settings).equals(settings)) {
      TokenCache tokens = factory.tokens(settings, secret::get);
      app = app.withTokens(tokens, factory.templates(settings, tokens));
      open.put(app.tokens(), app.templates());
    }
    return new Running(settings, app, secret);
  }

  /** Counts for apps before calls find them. */
  private void count(Map<String, Running> next, Map<String, Running> before) {
    synchronized (lock) {
      counted = Set.copyOf(next.keySet());
      next.forEach(
          (appId, each) -> {
            if (hasOtherTokens(before.get(appId), each)) {
              observers.meters.watch(each.app, observers.readiness);
            }
          });
    }
  }

  private static boolean hasOtherTokens(@Nullable Running before, Running now) {
    return before == null || before.app.tokens() != now.app.tokens();
  }

  private static void useSecret(@Nullable Running before, Running now) {
    if (before == null || before.secret != now.secret) {
      now.secret.watch(now.app.tokens()::tryAgain);
    } else if (!now.settings.equals(before.settings)) {
      now.secret.use(now.settings, now.app.tokens()::tryAgain);
    }
  }

  /** Closes what an app no longer has, once nothing needs it. */
  private void leave(Running before, @Nullable Running now) {
    if (now != null && !hasOtherTokens(before, now)) {
      return;
    }
    String appId = before.settings.appId();
    if (now == null || before.secret != now.secret) {
      before.secret.close();
    }
    if (now == null) {
      observers.meters.unwatch(appId);
      observers.readiness.forget(appId);
    }
    before.app.use().whenUnused(() -> endSoon(before.app));
  }

  private void endSoon(App app) {
    try {
      timer.execute(() -> end(app));
    } catch (RejectedExecutionException e) {
      log.debug("app {}: the server is closed already", app.appId());
    }
  }

  private void end(App app) {
    app.templates().close();
    app.tokens().close();
    open.remove(app.tokens());
    synchronized (lock) {
      if (counted.contains(app.appId())) {
        return; // It is there again, or has other tokens now.
      }
      observers.meters.forget(app.appId());
    }
    observers.failures.forget(app.appId());
    log.info("app {}: its last message has ended, and it is closed", app.appId());
  }

  /** Closes the tokens and templates of all apps, also of apps whose last message has not ended. */
  @Override
  public void close() {
    closed = true;
    open.forEach(
        (tokens, templates) -> {
          templates.close();
          tokens.close();
        });
  }
}
