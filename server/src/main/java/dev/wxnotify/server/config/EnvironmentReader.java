package dev.wxnotify.server.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The environment variables of keys. A variable is its key in upper case with underscores: {@code
 * wxnotify.grpc.port} is {@code WXNOTIFY_GRPC_PORT}. Underscores separate the words of a name of
 * the operator's choice too, as in {@code WXNOTIFY_GRPC_CALLERS_ON_CALL_OPERATOR}; so the known end
 * of a variable tells where its name ends.
 */
final class EnvironmentReader {
  private static final Map<String, String> KEYS =
      Keys.ALL.stream()
          .map(Key::name)
          .filter(key -> !key.contains(Named.MIDDLE))
          .collect(Collectors.toMap(Keys::variable, Function.identity()));

  /** The keys with a name in them, the longest end first. */
  private static final List<Named> NAMED =
      Keys.ALL.stream()
          .map(Key::name)
          .filter(key -> key.contains(Named.MIDDLE))
          .map(Named::of)
          .sorted(Comparator.comparingInt((Named key) -> key.end().length()).reversed())
          .toList();

  private final Function<String, Set<String>> namesInFile;

  /** A key with a name in it: what is before the name, and what is after it. */
  private record Named(String parent, String end) {
    static final String MIDDLE = "." + Key.NAME + ".";

    static Named of(String key) {
      int middle = key.indexOf(MIDDLE);
      return new Named(key.substring(0, middle), key.substring(middle + MIDDLE.length()));
    }

    boolean begins(String variable) {
      return variable.startsWith(Keys.variable(parent) + "_");
    }

    /** Returns the part of a variable that stands for the name; empty if there is none. */
    String nameIn(String variable) {
      int from = parent.length() + 1;
      int to = variable.length() - end.length() - 1;
      return from < to && begins(variable) && variable.endsWith("_" + Keys.variable(end))
          ? variable.substring(from, to)
          : "";
    }
  }

  /**
   * Creates a reader.
   *
   * @param namesInFile returns the names that the file has below a key; a variable that matches one
   *     of them, in any spelling, means that name
   */
  EnvironmentReader(Function<String, Set<String>> namesInFile) {
    this.namesInFile = namesInFile;
  }

  /**
   * Returns the values by their keys.
   *
   * @param mistakes receives the variables that can only belong to an app or a caller, but belong
   *     to no key
   */
  Map<String, Value> read(Map<String, String> environment, Mistakes mistakes) {
    Map<String, Value> values = new HashMap<>();
    environment.forEach(
        (written, text) -> {
          String variable = Keys.variable(written);
          if (!written.equals(variable) && environment.containsKey(variable)) {
            return; // The usual spelling counts.
          }
          String plain = KEYS.get(variable);
          if (plain != null) {
            values.put(plain, Value.ofVariable(written, text));
          } else if (isOfAppOrCaller(variable) && !ServiceVariables.isOne(variable, text)) {
            keyWithName(variable)
                .ifPresentOrElse(
                    key -> values.put(key, Value.ofVariable(written, text)),
                    () -> mistakes.add(written, "is not the variable of a known key"));
          }
        });
    return values;
  }

  /** Tells whether a variable can only belong to an app or a caller. */
  static boolean isOfAppOrCaller(String variable) {
    return NAMED.stream().anyMatch(key -> key.begins(variable));
  }

  private Optional<String> keyWithName(String variable) {
    for (Named key : NAMED) {
      String name = key.nameIn(variable);
      if (!name.isEmpty()) {
        return Optional.of(key.parent() + "." + written(key.parent(), name) + "." + key.end());
      }
    }
    return Optional.empty();
  }

  /** A name that is not in the file is in lower case with hyphens: {@code on-call}. */
  private String written(String parent, String name) {
    return namesInFile.apply(parent).stream()
        .filter(inFile -> Keys.variable(Keys.unquoted(inFile)).equals(name))
        .findFirst()
        .orElseGet(() -> name.toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
