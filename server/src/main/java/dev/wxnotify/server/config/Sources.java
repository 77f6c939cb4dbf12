package dev.wxnotify.server.config;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wrote, by key: what the command sets, over the environment, over the file.
 * Values are as they were written: a secret may have any characters.
 */
final class Sources {
  private final Map<String, Value> values;

  private Sources(Map<String, Value> values) {
    this.values = values;
  }

  /**
   * Reads the sources.
   *
   * @param file a YAML file; null for none
   * @param environment the environment variables
   * @param command keys that the command sets
   * @param mistakes receives what no key stands for
   * @throws ConfigurationException if nothing can be made of the file
   */
  static Sources read(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> command,
      Mistakes mistakes)
      throws ConfigurationException {
    Sources sources = new Sources(new TreeMap<>());
    if (file != null) {
      ConfigFile.read(file, mistakes).forEach((key, value) -> sources.put(key, value, mistakes));
    }
    sources.values.putAll(new EnvironmentReader(sources::names).read(environment, mistakes));
    command.forEach((key, value) -> sources.put(key, Value.of(value), mistakes));
    return sources;
  }

  private void put(String key, Value value, Mistakes mistakes) {
    if (!key.equals(Keys.ROOT) && !key.startsWith(Keys.ROOT + ".")) {
      mistakes.add(key, "is not below " + Keys.ROOT);
    } else if (Keys.isParent(key)) {
      if (!value.text().isEmpty() || Keys.isAppOrCaller(key)) { // A parent may have lost its keys.
        mistakes.add(key, "expected: keys below it, not a value");
      }
    } else {
      Keys.find(key)
          .ifPresentOrElse(
              declared -> {
                if (value.isList() && !declared.type().isList()) {
                  mistakes.add(key, "expected: one value, not a list");
                }
                values.put(key, value);
              },
              () -> mistakes.add(key, "is not a known key"));
    }
  }

  /** Returns what was written of a key; null for nothing. */
  @Nullable Value value(String key) {
    return values.get(key);
  }

  /** Returns the operator's names below {@code parent}, as they are written in the keys. */
  Set<String> names(String parent) {
    return values.keySet().stream()
        .flatMap(key -> Keys.nameIn(key, parent).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
