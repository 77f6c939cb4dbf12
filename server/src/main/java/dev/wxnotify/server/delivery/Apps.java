package dev.wxnotify.server.delivery;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The apps for which this server sends messages. They may be replaced while it runs: whoever found
 * an app before goes on with it.
 *
 * <p>Concurrency: one volatile reference to an immutable directory; to find an app is one read of
 * it.
 */
public final class Apps {
  private volatile Directory now;

  private record Directory(Map<String, App> byId, @Nullable App byDefault) {
    static Directory of(List<App> apps, @Nullable App byDefault) {
      return new Directory(
          apps.stream().collect(Collectors.toUnmodifiableMap(App::appId, Function.identity())),
          byDefault);
    }
  }

  /**
   * Creates the directory.
   *
   * @param byDefault the app of messages that name no app; null where they must name one
   */
  public Apps(List<App> apps, @Nullable App byDefault) {
    this.now = Directory.of(apps, byDefault);
  }

  /** Replaces all apps at once; the parameters are those of the constructor. */
  public void replace(List<App> apps, @Nullable App byDefault) {
    now = Directory.of(apps, byDefault);
  }

  /** Returns the app with this id, or the default app for an empty id; null if there is none. */
  public @Nullable App find(String appId) {
    Directory directory = now;
    return appId.isEmpty() ? directory.byDefault : directory.byId.get(appId);
  }

  /** Returns all apps. */
  public Collection<App> all() {
    return now.byId.values();
  }
}
