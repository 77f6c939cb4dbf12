package dev.wxnotify.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads the configuration. */
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
    Mistakes mistakes = new Mistakes();
    PlatformText.check(environment, mistakes);
    Sources sources = Sources.read(file, environment, command, mistakes);
    ServerSettings settings = new SettingsReader(new Reading(sources, mistakes)).read();
    mistakes.throwIfAny();
    return settings;
  }
}
