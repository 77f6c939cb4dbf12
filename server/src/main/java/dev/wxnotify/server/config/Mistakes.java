package dev.wxnotify.server.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All that is wrong with a configuration. No text repeats a value, not even a number or a path: a
 * secret may have been put into any key by mistake.
 */
final class Mistakes {
  private final Set<String> all = new LinkedHashSet<>();

  /**
   * Adds one.
   *
   * @param where the key, the variable or the place in the file
   * @param text what is wrong with it
   */
  void add(String where, String text) {
    all.add(where + ": " + text);
  }

  /** Throws if there are any. */
  void throwIfAny() throws ConfigurationException {
    if (!all.isEmpty()) {
      throw new ConfigurationException(List.copyOf(all));
    }
  }
}
