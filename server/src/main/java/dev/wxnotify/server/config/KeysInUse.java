package dev.wxnotify.server.config;

import dev.wxnotify.server.config.KeyInUse.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Shows what is configured, without secrets. */
final class KeysInUse {
  private static final Pattern URL =
      Pattern.compile("(?s)([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^/?#]*@)?([^/?#]*)(/?)(.*)");

  private final Sources sources;
  private final Set<String> ofCommand;

  /**
   * Creates it.
   *
   * @param ofCommand the keys that the command sets
   */
  KeysInUse(Sources sources, Set<String> ofCommand) {
    this.sources = sources;
    this.ofCommand = ofCommand;
  }

  /** Returns all keys in the order of the documentation; for apps and callers one after another. */
  List<KeyInUse> all() {
    List<KeyInUse> all = new ArrayList<>();
    for (Section section : Keys.SECTIONS) {
      List<String> parents =
          section.keys().stream().flatMap(key -> parentOfName(key).stream()).distinct().toList();
      section.keys().stream()
          .filter(key -> parentOfName(key).isEmpty())
          .forEach(key -> all.add(of(section, key, key.name())));
      for (String parent : parents) {
        for (String name : sources.names(parent)) {
          section.keys().stream()
              .filter(key -> parentOfName(key).contains(parent))
              .forEach(key -> all.add(of(section, key, Key.withName(key.name(), name))));
        }
      }
    }
    return all;
  }

  private static List<String> parentOfName(Key<?> key) {
    int place = key.name().indexOf("." + Key.NAME + ".");
    return place < 0 ? List.of() : List.of(key.name().substring(0, place));
  }

  private KeyInUse of(Section section, Key<?> key, String written) {
    Value value = sources.value(written);
    boolean isSecret = key.type().isSecret() || key.equals(CallerKeys.TOKEN_SHA256);
    String byDefault = key.byDefault() == null ? "" : key.byDefault();
    String text = value == null ? byDefault : value.text();
    String variable = value == null ? null : value.variable();
    return new KeyInUse(
        section.title(),
        written,
        isSecret ? "" : withoutSecrets(text),
        isSecret,
        !text.isEmpty(),
        origin(written, value, !byDefault.isEmpty()),
        variable == null ? "" : variable,
        byDefault,
        key.meaning());
  }

  private Origin origin(String written, @Nullable Value value, boolean hasDefault) {
    if (value == null) {
      return hasDefault ? Origin.DEFAULT : Origin.NONE;
    }
    if (ofCommand.contains(written)) {
      return Origin.COMMAND;
    }
    return value.variable() == null ? Origin.FILE : Origin.ENVIRONMENT;
  }

  /** Leaves a URL's user out, and what is behind its host: a relay's path may hold a key. */
  private static String withoutSecrets(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return text;
    }
    return url.group(1) + url.group(2) + (url.group(4).isEmpty() ? url.group(3) : "/…");
  }

  /** Returns what both have: the keys of apps and callers of {@code now}, the others of these. */
  List<KeyInUse> with(KeysInUse now) {
    return Stream.concat(
            all().stream().filter(key -> !mayChange(key)),
            now.all().stream().filter(KeysInUse::mayChange))
        .toList();
  }

  private static boolean mayChange(KeyInUse key) {
    return key.key().startsWith(AppKeys.ALL + ".") || key.key().startsWith(CallerKeys.ALL + ".");
  }
}
