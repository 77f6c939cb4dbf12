package dev.wxnotify.server.config;

import java.util.List;

/** The names of all keys, for tests of the whole server. */
public final class DeclaredKeys {
  private DeclaredKeys() {}

  /** Returns the names, with NAME in those of apps and callers. */
  public static List<String> names() {
    return Keys.ALL.stream().map(Key::name).toList();
  }
}
