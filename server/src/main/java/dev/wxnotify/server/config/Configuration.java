package dev.wxnotify.server.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as it was read, from which the next one of its file is made: the environment and
 * the keys of the command stay as they were at the start, and are preferred to the file as ever.
 */
public final class Configuration {
  private final Origin origin;
  private final byte @Nullable [] content;
  private final Sources sources;
  private final ServerSettings settings;

  /** What else a command requires of a configuration. */
  @FunctionalInterface
  public interface Check {
    /**
     * Checks settings without mistakes of their own.
     *
     * @throws ConfigurationException if the command does not take them
     */
    void check(ServerSettings settings) throws ConfigurationException;
  }

  private record Origin(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> command,
      Check check) {}

  private Configuration(
      Origin origin, byte @Nullable [] content, Sources sources, ServerSettings settings) {
    this.origin = origin;
    this.content = content;
    this.sources = sources;
    this.settings = settings;
  }

  /**
   * Reads all keys and checks them.
   *
   * @param file a YAML file; null for none
   * @param environment the environment variables, which are preferred to the file
   * @param command keys that the command sets, which are preferred to both
   * @param check what else the command requires, now and of each later content of the file
   * @throws ConfigurationException with all mistakes
   */
  public static Configuration load(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> command,
      Check check)
      throws ConfigurationException {
    Origin origin = new Origin(file, Map.copyOf(environment), Map.copyOf(command), check);
    return read(origin, file == null ? null : ConfigFile.content(file), null);
  }

  private static Configuration read(
      Origin origin, byte @Nullable [] content, @Nullable Configuration before)
      throws ConfigurationException {
    Mistakes mistakes = new Mistakes();
    PlatformText.check(origin.environment, mistakes);
    Sources sources = Sources.read(content, origin.environment, origin.command, mistakes);
    ServerSettings settings = new SettingsReader(new Reading(sources, mistakes)).read();
    if (before != null && hasCallers(before.sources) != hasCallers(sources)) {
      mistakes.add(
          CallerKeys.ALL,
          "the first one, and the removal of the last one, need a restart: they decide whether"
              + " calls must show credentials");
    }
    mistakes.throwIfAny();
    origin.check.check(settings);
    return new Configuration(origin, content, sources, settings);
  }

  private static boolean hasCallers(Sources sources) {
    return !sources.names(CallerKeys.ALL).isEmpty();
  }

  /** Returns what it says. */
  public ServerSettings settings() {
    return settings;
  }

  /** Returns the file; null for none. */
  public @Nullable Path file() {
    return origin.file;
  }

  /**
   * Returns what is used of it, without secrets: all keys as they were at the start, and those of
   * apps and callers as they are in {@code now}.
   *
   * @param now this one, or what was made of a later content of its file
   */
  public List<KeyInUse> keysInUse(Configuration now) {
    return keys().with(now.keys());
  }

  private KeysInUse keys() {
    return new KeysInUse(sources, origin.command.keySet());
  }

  /** Returns the operator's name of each app, by AppID. */
  public Map<String, String> appNames() {
    Map<String, String> names = new HashMap<>();
    for (String part : sources.names(AppKeys.ALL)) {
      Value appId = sources.value(Key.withName(AppKeys.APP_ID.name(), part));
      if (appId != null) {
        names.put(appId.text().strip(), Keys.unquoted(part));
      }
    }
    return names;
  }

  /** Tells whether it was made from {@code other} as the content of the file. */
  boolean isOf(byte[] other) {
    return Arrays.equals(content, other);
  }

  /**
   * Reads another content of the file, to be used in place of this one while the server runs.
   *
   * @throws ConfigurationException with all mistakes, which may also lie in files that it names
   */
  Configuration next(byte[] other) throws ConfigurationException {
    if (ConfigFile.read(other, new Mistakes()).isEmpty()) {
      throw ConfigFile.unusable("is empty");
    }
    return read(origin, other, this);
  }

  /** Returns the keys in which they differ and that are only read at the start. */
  Set<String> differencesForARestart(Configuration other) {
    Set<String> keys = sources.differences(other.sources);
    keys.removeIf(key -> key.startsWith(AppKeys.ALL + ".") || key.startsWith(CallerKeys.ALL + "."));
    return keys;
  }
}
