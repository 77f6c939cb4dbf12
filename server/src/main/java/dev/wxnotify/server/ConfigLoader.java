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
import java.util.List;
import java.util.Map;
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
  private static final int CONVERTER_PRIORITY = 200;

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
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(overrides, "command line", COMMAND_ORDINAL))
            .withSources(new EnvConfigSource(environment, ENVIRONMENT_ORDINAL))
            .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
            .withMapping(ServerConfig.class);
    if (file != null) {
      builder.withSources(yaml(file));
    }
    try {
      SmallRyeConfig config = builder.build();
      return SettingsReader.read(config.getConfigMapping(ServerConfig.class));
    } catch (ConfigValidationException e) {
      throw new ConfigurationException(messages(e));
    }
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

  private static List<String> messages(ConfigValidationException e) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < e.getProblemCount(); i++) {
      messages.add(e.getProblem(i).getMessage());
    }
    return messages;
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }
}
