package dev.wxnotify.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All keys, and what a written name stands for. */
final class Keys {
  /** In the order of {@code docs/configuration.md}. */
  static final List<Section> SECTIONS =
      List.of(
          GrpcKeys.SECTION,
          TlsKeys.SECTION,
          CallerKeys.SECTION,
          AppKeys.SECTION,
          PushKeys.SECTION,
          TemplateKeys.SECTION,
          WeChatKeys.SECTION,
          RedisKeys.SECTION,
          JournalKeys.SECTION,
          ProcessKeys.SECTION);

  /** All keys, in the order of {@link #SECTIONS}. */
  static final List<Key<?>> ALL =
      SECTIONS.stream().<Key<?>>flatMap(section -> section.keys().stream()).toList();

  /** What all keys begin with. */
  static final String ROOT = "wxnotify";

  /** One part of a written name; one with dots in it is in quotes. */
  private static final String PART = "(\".*\"|[^.]+)";

  private record Written(Pattern pattern, Key<?> key) {}

  private static final List<Written> WRITTEN =
      ALL.stream().map(key -> new Written(pattern(key.name()), key)).toList();

  private static final List<String> PARENTS =
      ALL.stream().flatMap(key -> parents(key.name())).distinct().toList();

  private static final Pattern PARENT =
      Pattern.compile(
          PARENTS.stream().map(each -> pattern(each).pattern()).collect(Collectors.joining("|")));

  private static final Pattern NAMED_PARENT =
      Pattern.compile(
          PARENTS.stream()
              .filter(each -> each.endsWith("." + Key.NAME))
              .map(each -> pattern(each).pattern())
              .collect(Collectors.joining("|")));

  private Keys() {}

  /** Returns the declaration of a key as it is written, with the operator's name in it. */
  static Optional<Key<?>> find(String written) {
    return WRITTEN.stream()
        .filter(each -> each.pattern().matcher(written).matches())
        .<Key<?>>map(Written::key)
        .findFirst();
  }

  /** Tells whether there are keys below {@code written}, so that it has no value of its own. */
  static boolean isParent(String written) {
    return PARENT.matcher(written).matches();
  }

  /** Tells whether {@code written} is one app or one caller, without a key below it. */
  static boolean isAppOrCaller(String written) {
    return NAMED_PARENT.matcher(written).matches();
  }

  /**
   * Returns how the operator's name is written in a key.
   *
   * @param parent what is above the name in the declaration
   * @return empty where the key is not below {@code parent}
   */
  static Optional<String> nameIn(String written, String parent) {
    return Pattern.compile(Pattern.quote(parent + ".") + PART + "\\..+")
        .matcher(written)
        .results()
        .filter(match -> match.start() == 0)
        .map(match -> match.group(1))
        .findFirst();
  }

  /** Returns a part of a written name: in quotes where it would look like several parts. */
  static String part(String name) {
    return name.indexOf('.') >= 0 ? "\"" + name + "\"" : name;
  }

  /** Returns the name that is written as {@code part}. */
  static String unquoted(String part) {
    return part.indexOf('.') >= 0 ? part.substring(1, part.length() - 1) : part;
  }

  /** Returns the environment variable of a key, or of a part of one. */
  static String variable(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static Pattern pattern(String declared) {
    return Pattern.compile(
        Arrays.stream(declared.split("\\.", -1))
            .map(part -> part.equals(Key.NAME) ? PART : Pattern.quote(part))
            .collect(Collectors.joining("\\.")));
  }

  private static Stream<String> parents(String key) {
    return IntStream.range(0, key.length())
        .filter(i -> key.charAt(i) == '.')
        .mapToObj(i -> key.substring(0, i));
  }
}
