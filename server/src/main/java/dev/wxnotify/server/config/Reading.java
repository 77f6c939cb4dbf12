package dev.wxnotify.server.config;

import java.util.List;
import java.util.Optional;

/**
 * Reads keys, and collects what is wrong with them: after a mistake the rest is still checked, as
 * if the key had its default.
 */
final class Reading {
  private final Sources sources;
  private final Mistakes mistakes;
  private final String part;

  /** Creates a reading of the keys without a name in them. */
  Reading(Sources sources, Mistakes mistakes) {
    this(sources, mistakes, Key.NAME);
  }

  private Reading(Sources sources, Mistakes mistakes, String part) {
    this.sources = sources;
    this.mistakes = mistakes;
    this.part = part;
  }

  /** Returns a reading for each app or caller: of the keys with its name in them. */
  List<Reading> each(String parent) {
    return sources.names(parent).stream()
        .map(each -> new Reading(sources, mistakes, each))
        .toList();
  }

  /** Returns the operator's name of the app or the caller. */
  String name() {
    return Keys.unquoted(part);
  }

  /** Tells whether a key has a value, right or wrong. An empty one is none. */
  boolean has(Key<?> key) {
    Value value = sources.value(written(key));
    return value != null && !isEmpty(key, value);
  }

  /** Returns the value of a key that has a default. */
  <T> T get(Key<T> key) {
    return find(key).orElseGet(key::defaultValue);
  }

  /** Returns the value of a key, or its default; empty if there is none, or after a mistake. */
  <T> Optional<T> find(Key<T> key) {
    Value value = sources.value(written(key));
    boolean hasDefault = key.byDefault() != null;
    if (value == null) {
      if (key.isRequired()) {
        mistake(key, "is required");
      }
      return hasDefault ? Optional.of(key.defaultValue()) : Optional.empty();
    }
    if (isEmpty(key, value)) {
      if (key.isRequired() || hasDefault) {
        mistake(key, "is empty");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(key.type().parse(value));
    } catch (WrongValueException e) {
      e.texts().forEach(text -> mistake(key, text));
      return Optional.empty();
    }
  }

  private static boolean isEmpty(Key<?> key, Value value) {
    return key.type().isList() ? value.list().isEmpty() : value.text().isEmpty();
  }

  /** Adds a mistake of one key, which names the variable that has its value. */
  void mistake(Key<?> key, String text) {
    Value value = sources.value(written(key));
    String variable = value == null ? null : value.variable();
    mistakes.add(written(key), variable == null ? text : text + " (set by " + variable + ")");
  }

  /**
   * Adds a mistake of several keys.
   *
   * @param parent what they have in common
   */
  void mistake(String parent, String text) {
    mistakes.add(Key.withName(parent, part), text);
  }

  private String written(Key<?> key) {
    return Key.withName(key.name(), part);
  }
}
