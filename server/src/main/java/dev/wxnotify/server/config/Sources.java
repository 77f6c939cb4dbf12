package dev.wxnotify.server.config;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
   * @param content that of the YAML file; null for none
   * @param environment the environment variables
   * @param command keys that the command sets
   * @param mistakes receives what no key stands for
   * @throws ConfigurationException if nothing can be made of the file
   */
  static Sources read(
      byte @Nullable [] content,
      Map<String, String> environment,
      Map<String, String> command,
      Mistakes mistakes)
      throws ConfigurationException {
    Sources sources = new Sources(new TreeMap<>());
    if (content != null) {
      ConfigFile.read(content, mistakes).forEach((key, value) -> sources.put(key, value, mistakes));
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

  /** Returns the keys that were written otherwise, or only here or there. */
  Set<String> differences(Sources other) {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(other.values.keySet());
    keys.removeIf(key -> Objects.equals(values.get(key), other.values.get(key)));
    return keys;
  }

  /** Returns the operator's names below {@code parent}, as they are written in the keys. */
  Set<String> names(String parent) {
    return values.keySet().stream()
        .flatMap(key -> Keys.nameIn(key, parent).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
