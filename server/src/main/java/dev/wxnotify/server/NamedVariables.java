package dev.wxnotify.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The environment variables of keys with a NAME of the operator's choice, such as {@code
 * wxnotify.grpc.callers.NAME.operator}. In a variable, underscores separate the words of a name, as
 * everything else: {@code WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATOR}. The library takes {@code ON} as
 * the name, finds no key {@code call.operator} below it, and silently ignores the variable. So
 * these variables are read here.
 */
final class NamedVariables {
  private static final String NAME = "." + KnownKeys.NAME + ".";

  /** The known keys, the longest first, each with {@link #NAME} in it. */
  private static final List<String> KEYS =
      KnownKeys.ALL.stream()
          .filter(key -> key.contains(NAME))
          .sorted(Comparator.comparingInt(String::length).reversed())
          .toList();

  private final Collection<String> keysOfFile;

  /**
   * Creates a reader.
   *
   * @param keysOfFile the keys in the file; a variable that matches a name in the file, in any
   *     spelling, means that name
   */
  NamedVariables(Collection<String> keysOfFile) {
    this.keysOfFile = List.copyOf(keysOfFile);
  }

  /**
   * Returns the values by their keys. A name that is not in the file is converted to lower case
   * with hyphens: {@code on-call}.
   *
   * @param mistakes receives what is wrong: a variable that could only be one of these, but is not
   */
  Map<String, String> read(Map<String, String> environment, Collection<String> mistakes) {
    Map<String, String> values = new HashMap<>();
    environment.forEach(
        (variable, value) -> {
          if (isOne(variable) && !UnknownVariables.isOfKubernetes(variable, value)) {
            key(variable)
                .ifPresentOrElse(
                    key -> values.put(key, value),
                    () -> mistakes.add(variable + ": is not the variable of a known key"));
          }
        });
    return values;
  }

  /** Tells whether a variable can only belong to a caller or an app. */
  static boolean isOne(String variable) {
    return KEYS.stream().anyMatch(key -> variable.startsWith(beginning(key)));
  }

  private Optional<String> key(String variable) {
    for (String key : KEYS) {
      String beginning = beginning(key);
      String end = "_" + KnownKeys.variable(key.substring(key.indexOf(NAME) + NAME.length()));
      if (variable.startsWith(beginning)
          && variable.endsWith(end)
          && variable.length() > beginning.length() + end.length()) {
        String name = variable.substring(beginning.length(), variable.length() - end.length());
        return Optional.of(key.replace(NAME, "." + nameInFile(beginning, name) + "."));
      }
    }
    return Optional.empty();
  }

  private String nameInFile(String beginning, String name) {
    for (String key : keysOfFile) {
      if (KnownKeys.variable(key).startsWith(beginning + name + "_")) {
        int start = beginning.length();
        if (start + name.length() < key.length() && key.charAt(start + name.length()) == '.') {
          return key.substring(start, start + name.length());
        }
      }
    }
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the beginning of a key's variables: everything before its name. */
  private static String beginning(String key) {
    return KnownKeys.variable(key.substring(0, key.indexOf(NAME))) + "_";
  }
}
