package dev.wxnotify.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads a configuration that is not read again. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads all keys and checks them.
   *
   * @param file a YAML file; null for none
   * @param environment the environment variables, which are preferred to the file
   * @param command keys that the command sets, which are preferred to both
   * @throws ConfigurationException with all mistakes
   */
  public static ServerSettings load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> command)
      throws ConfigurationException {
    return Configuration.load(file, environment, command, settings -> {}).settings();
  }
}
