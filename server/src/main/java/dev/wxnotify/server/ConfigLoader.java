package dev.wxnotify.server;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
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

  /** The library's text for a value that is not of its key's type. */
  private static final Pattern NOT_CONVERTED =
      Pattern.compile(
          "(?s).*The config property (\\S+) with the config value .*"
              + " threw an Exception whilst being converted (?:SRCFG\\d+: )?(.*)");

  /** The library's text for a key that we do not have. */
  private static final Pattern UNKNOWN =
      Pattern.compile("(?s)SRCFG\\d+: (\\S+) in .* does not map to any root");

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
      YamlConfigSource yaml = yaml(file);
      builder.withSources(yaml);
      keysOfFile = yaml.getPropertyNames();
      keysOfFile.stream()
          .filter(key -> !key.startsWith(ROOT + "."))
          .forEach(key -> mistakes.add(key + ": is not below " + ROOT + " in " + file));
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
        if (notConverted.matches()) {
          String key = notConverted.group(1);
          mistakes.add(key + ": " + notConverted.group(2));
          defaults.getOptionalValue(key, String.class).ifPresent(value -> repairs.put(key, value));
        } else if (unknown.matches()) {
          mistakes.add(unknown.group(1) + ": is not a known key");
        } else {
          mistakes.add(problem);
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
      default -> throw new IllegalArgumentException("\"" + value + "\" (expected: true or false)");
    };
  }

  private static YamlConfigSource yaml(Path file) throws ConfigurationException {
    try {
      return new YamlConfigSource(file.toString(), Files.readString(file), FILE_ORDINAL);
    } catch (IOException e) {
      throw new ConfigurationException(List.of("--config: " + file + " cannot be read"));
    } catch (RuntimeException e) {
      throw new ConfigurationException(
          List.of("--config: " + file + " is not valid YAML: " + firstLine(e.getMessage())));
    }
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }
}
