package dev.wxnotify.server;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All keys, as {@link ServerConfig} declares them. */
final class KnownKeys {
  /** Stands for a name of the operator's choice. */
  static final String NAME = "*";

  private static final String LIST = "[*]";

  private static final Collection<String> DECLARED =
      ConfigMappings.getProperties(ConfigClass.configClass(ServerConfig.class)).keySet();

  /** All keys, with {@link #NAME} in those of callers and apps. */
  static final List<String> ALL =
      DECLARED.stream().filter(key -> !key.endsWith(LIST)).sorted().toList();

  private static final List<Pattern> LISTS =
      DECLARED.stream()
          .filter(key -> key.endsWith(LIST))
          .map(key -> Pattern.quote(key.substring(0, key.length() - LIST.length())))
          .map(key -> Pattern.compile(key.replace("." + NAME + ".", "\\E\\..+\\.\\Q")))
          .toList();

  private static final Set<String> SECTIONS =
      ALL.stream().flatMap(KnownKeys::sectionsAbove).collect(Collectors.toUnmodifiableSet());

  private KnownKeys() {}

  /** Tells whether a key takes a list. */
  static boolean takesList(String key) {
    return LISTS.stream().anyMatch(list -> list.matcher(key).matches());
  }

  /**
   * Tells whether a key has keys below it and no value; keys with a name in them are not included.
   */
  static boolean isSection(String key) {
    return SECTIONS.contains(key);
  }

  /** Returns the environment variable of a key, or of a part of one. */
  static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static Stream<String> sectionsAbove(String key) {
    int name = key.indexOf("." + NAME);
    return IntStream.range(0, name < 0 ? key.length() : name + 1)
        .filter(i -> key.charAt(i) == '.')
        .mapToObj(i -> key.substring(0, i));
  }
}
