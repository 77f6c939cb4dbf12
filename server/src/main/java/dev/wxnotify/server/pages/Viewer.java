package dev.wxnotify.server.pages;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at the console; always somebody with the operator's right.
 *
 * @param name the caller; empty for somebody on this machine where no callers are configured
 * @param appIds the apps that it may see; null for all
 */
record Viewer(String name, @Nullable Set<String> appIds) {
  /** Copies. */
  public Viewer {
    appIds = appIds == null ? null : Set.copyOf(appIds);
  }

  /** Tells whether there is nobody to log out. */
  public boolean isAnonymous() {
    return name.isEmpty();
  }

  /** Tells whether the viewer may see this app. */
  public boolean maySee(String appId) {
    return appIds == null || appIds.contains(appId);
  }
}
