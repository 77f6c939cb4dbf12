package dev.wxnotify.server;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: what the command sets, over the environment, over the YAML file, over
 * the defaults. Values are taken as they are: the library's interceptors, and with them expressions
 * and profiles, stay out, since a secret may have any characters.
 */
final class ConfigLoader {
  private static final int FILE_ORDINAL = 200;
  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int COMMAND_ORDINAL = 400;
  private static final int REPAIR_ORDINAL = 500;
  private static final int CONVERTER_PRIORITY = 200;
  private static final String ROOT = "wxnotify";

  /** What our own converters say of a value; the library's texts repeat it. */
  private static final String EXPECTED = "expected: ";

  /** The library's text for a value that is not of its key's type. */
  private static final Pattern NOT_CONVERTED =
      Pattern.compile(
          "(?s).*?The config property (.+?) with the config value .*"
              + " threw an Exception whilst being converted (?:SRCFG\\d+: )?(.*)");

  /** The library's text for a key that we do not have. */
  private static final Pattern UNKNOWN =
      Pattern.compile("(?s)SRCFG\\d+: (.+?) in .* does not map to any root");

  /** The library's texts for a key without a value. */
  private static final Pattern EMPTY =
      Pattern.compile(
          "(?s).*?The config property (.+?) (?:is required|is defined as the empty"
              + "|with the config value .* was converted to null).*");

  private ConfigLoader() {}

  /**
   * Loads and checks.
   *
   * @param file a YAML file; null for none
   * @param environment the environment variables
   * @param overrides keys that the command sets
   */
  static ServerSettings load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> overrides)
      throws ConfigurationException {
    SmallRyeConfigBuilder builder =
        builder()
            .withSources(new PropertiesConfigSource(overrides, "command line", COMMAND_ORDINAL))
            .withSources(new EnvConfigSource(environment, ENVIRONMENT_ORDINAL));
    List<String> mistakes = new ArrayList<>();
    PlatformText.check(environment, mistakes);
    Set<String> keysOfFile = Set.of();
    if (file != null) {
      ConfigFile yaml = ConfigFile.read(file, mistakes);
      Map<String, String> values = new HashMap<>();
      yaml.values()
          .forEach(
              (key, value) -> {
                if (!KnownKeys.isSection(key)) {
                  values.put(key, value);
                } else if (!value.isEmpty()) { // All that is below it may be commented out.
                  mistakes.add(key + ": expected: keys below it, not a value");
                }
              });
      builder.withSources(new PropertiesConfigSource(values, "file", FILE_ORDINAL));
      keysOfFile = values.keySet();
      keysOfFile.stream()
          .filter(key -> !key.startsWith(ROOT + "."))
          .forEach(key -> mistakes.add(key + ": is not below " + ROOT + " in the file"));
      yaml.lists().stream()
          .filter(key -> !KnownKeys.takesList(key) && !KnownKeys.isSection(key))
          .forEach(key -> mistakes.add(key + ": expected: one value, not a list"));
    }
    Map<String, String> named = new NamedVariables(keysOfFile).read(environment, mistakes);
    builder.withSources(new PropertiesConfigSource(named, "environment", ENVIRONMENT_ORDINAL));
    ServerSettings settings = read(builder, mistakes);
    if (settings == null || !mistakes.isEmpty()) {
      throw new ConfigurationException(mistakes);
    }
    return settings;
  }

  private static SmallRyeConfigBuilder builder() {
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
        .withConverter(Boolean.class, CONVERTER_PRIORITY, ConfigLoader::yesOrNo)
        .withMapping(ServerConfig.class);
  }

  /**
   * Reads, and adds to {@code mistakes}. The library stops at values that it cannot convert, and
   * our own checks would not be reached; so these are done in a second reading, with the defaults
   * in place of such values.
   */
  private static @Nullable ServerSettings read(
      SmallRyeConfigBuilder builder, List<String> mistakes) {
    Map<String, String> repairs = new HashMap<>();
    try {
      return check(builder, mistakes);
    } catch (ConfigValidationException e) {
      SmallRyeConfig defaults = builder().build();
      for (int i = 0; i < e.getProblemCount(); i++) {
        String problem = e.getProblem(i).getMessage();
        Matcher notConverted = NOT_CONVERTED.matcher(problem);
        Matcher unknown = UNKNOWN.matcher(problem);
        Matcher empty = EMPTY.matcher(problem);
        if (notConverted.matches()) {
          String key = notConverted.group(1);
          String why = notConverted.group(2);
          mistakes.add(key + ": " + (why.startsWith(EXPECTED) ? why : EXPECTED + "a whole number"));
          defaults.getOptionalValue(key, String.class).ifPresent(value -> repairs.put(key, value));
        } else if (unknown.matches()) {
          mistakes.add(unknown.group(1) + ": is not a known key");
        } else if (empty.matches()) {
          mistakes.add(empty.group(1) + ": is empty");
        } else {
          mistakes.add(ROOT + ": a value is wrong"); // The text may repeat it.
        }
      }
    }
    try {
      return check(
          builder
              .withValidateUnknown(false)
              .withSources(new PropertiesConfigSource(repairs, "repairs", REPAIR_ORDINAL)),
          mistakes);
    } catch (ConfigValidationException e) {
      return null; // What is told already hides the rest.
    }
  }

  private static @Nullable ServerSettings check(
      SmallRyeConfigBuilder builder, List<String> mistakes) {
    try {
      return SettingsReader.read(builder.build().getConfigMapping(ServerConfig.class));
    } catch (ConfigurationException e) {
      mistakes.addAll(e.mistakes());
      return null;
    }
  }

  private static Boolean yesOrNo(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "y", "on", "1", "t" -> true;
      case "false", "no", "n", "off", "0", "f" -> false;
      default -> throw new IllegalArgumentException(EXPECTED + "true or false");
    };
  }
}
