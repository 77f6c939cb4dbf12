package dev.wxnotify.server.delivery;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The apps for which this server sends messages. */
public final class Apps {
  private final Map<String, App> byId;
  private final @Nullable App byDefault;

  /**
   * Creates the directory.
   *
   * @param byDefault the app of messages that name no app; null where they must name one
   */
  public Apps(List<App> apps, @Nullable App byDefault) {
    this.byId =
        apps.stream().collect(Collectors.toUnmodifiableMap(App::appId, Function.identity()));
    this.byDefault = byDefault;
  }

  /** Returns the app with this id, or the default app for an empty id; null if there is none. */
  public @Nullable App find(String appId) {
    return appId.isEmpty() ? byDefault : byId.get(appId);
  }

  /** Returns all apps. */
  public Collection<App> all() {
    return byId.values();
  }
}
