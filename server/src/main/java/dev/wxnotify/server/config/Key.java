package dev.wxnotify.server.config;

import org.jspecify.annotations.Nullable;

/**
 * The declaration of one key.
 *
 * @param name the key; {@link #NAME} in it stands for the operator's name of an app or a caller
 * @param type how a value is read and checked
 * @param byDefault the default, as an operator would write it; null for none
 * @param isRequired whether there must be a value
 * @param meaning what {@code docs/configuration.md} says of it, in Markdown
 */
record Key<T>(
    String name,
    ValueType<T> type,
    @Nullable String byDefault,
    boolean isRequired,
    String meaning) {

  /** Stands for a name of the operator's choice. */
  static final String NAME = "NAME";

  /** Declares a key with a default. */
  static <T> Key<T> of(String name, ValueType<T> type, String byDefault, String meaning) {
    return new Key<>(name, type, byDefault, false, meaning);
  }

  /** Declares a key that may be absent. */
  static <T> Key<T> optional(String name, ValueType<T> type, String meaning) {
    return new Key<>(name, type, null, false, meaning);
  }

  /** Declares a key that must have a value. */
  static <T> Key<T> required(String name, ValueType<T> type, String meaning) {
    return new Key<>(name, type, null, true, meaning);
  }

  /**
   * Returns a declared name with the operator's name in place of {@link #NAME}.
   *
   * @param declared a key, or a part of one that ends between two dots
   */
  static String withName(String declared, String operatorsName) {
    String whole = (declared + ".").replace("." + NAME + ".", "." + operatorsName + ".");
    return whole.substring(0, whole.length() - 1);
  }

  /** Returns the default; only for keys that have one. */
  T defaultValue() {
    if (byDefault == null) {
      throw new IllegalStateException(name + " has no default");
    }
    try {
      return type.parse(Value.of(byDefault));
    } catch (WrongValueException e) {
      throw new IllegalStateException("the default of " + name + " is wrong", e);
    }
  }
}
