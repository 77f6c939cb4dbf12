package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The keys that docs/configuration.md names, with their defaults, are those that a server has. */
class DocumentedKeysTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  /** A row of a table: key, type, default, meaning. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(wxnotify\\.[^`]+)` \\| [^|]* \\|([^|]*)\\|");

  /** Stands in place of a default. */
  private static final String REQUIRED = "required";

  @Test
  void keysAndDefaultsOfThePage_areThoseOfTheServer() throws Exception {
    Map<String, String> declared = new TreeMap<>();
    addKeysOf(ServerConfig.class, "wxnotify", declared);

    assertThat(declared).hasSizeGreaterThan(40);
    assertThat(documented()).isEqualTo(declared);
  }

  /** A claim that gives up as early as other commands lets out a second copy. */
  @Test
  void claimTimeoutOfThePage_isMuchLongerThanThatOfOtherCommands() throws Exception {
    Map<String, String> documented = documented();

    assertThat(duration(documented.get("wxnotify.redis.claim-timeout")))
        .isGreaterThanOrEqualTo(
            duration(documented.get("wxnotify.redis.command-timeout")).multipliedBy(5));
  }

  private static Duration duration(@Nullable String text) {
    return new DurationConverter().convert(Objects.requireNonNull(text));
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> keys = new TreeMap<>();
    for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      String value = row.group(2).strip().replace("`", "");
      assertThat(keys.put(row.group(1), value.equals(REQUIRED) ? "" : value))
          .as("a second row of " + row.group(1))
          .isNull();
    }
    return keys;
  }

  /** Adds each key with its default; an empty text stands for none. */
  private static void addKeysOf(Class<?> section, String prefix, Map<String, String> keys) {
    for (Method each : section.getDeclaredMethods()) {
      String key = prefix + "." + name(each);
      WithDefault byDefault = each.getAnnotation(WithDefault.class);
      if (each.getReturnType() == Map.class) {
        ParameterizedType map = (ParameterizedType) each.getGenericReturnType();
        addKeysOf((Class<?>) map.getActualTypeArguments()[1], key + ".NAME", keys);
      } else if (each.getReturnType().getDeclaringClass() == ServerConfig.class) {
        addKeysOf(each.getReturnType(), key, keys);
      } else {
        keys.put(key, byDefault == null ? "" : byDefault.value());
      }
    }
  }

  private static String name(Method method) {
    WithName given = method.getAnnotation(WithName.class);
    return given == null
        ? method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
        : given.value();
  }
}
