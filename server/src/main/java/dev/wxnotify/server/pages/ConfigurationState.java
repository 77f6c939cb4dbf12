package dev.wxnotify.server.pages;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that is used: that of the start, with the apps and callers of the moment.
 *
 * @param file the file that it was read from; empty for none
 * @param settings all keys, in the order of the documentation
 * @param callers the configured callers, by name
 * @param trouble why the file cannot be used now; empty while it can
 */
public record ConfigurationState(
    String file, List<Setting> settings, List<CallerState> callers, String trouble) {
  private static final String APPS = "wxnotify.apps.";
  private static final String CALLERS = "wxnotify.grpc.callers.";

  /** Copies. */
  public ConfigurationState {
    settings = List.copyOf(settings);
    callers = List.copyOf(callers);
  }

  /**
   * Returns what a viewer may see of it. One whose apps are limited sees nothing of other apps, and
   * no other caller.
   *
   * @param appNames the operator's names of the viewer's apps
   */
  ConfigurationState forViewer(Viewer viewer, Set<String> appNames) {
    if (viewer.appIds() == null) {
      return this;
    }
    Set<String> self = Set.of(viewer.name());
    return new ConfigurationState(
        file,
        settings.stream()
            .filter(each -> isOfOneOf(each.key(), APPS, appNames))
            .filter(each -> isOfOneOf(each.key(), CALLERS, self))
            .toList(),
        callers.stream().filter(each -> self.contains(each.name())).toList(),
        trouble.isEmpty() ? "" : "it has mistakes");
  }

  /** Tells whether a key is not below {@code parent}, or below one of the names there. */
  private static boolean isOfOneOf(String key, String parent, Set<String> names) {
    return !key.startsWith(parent)
        || names.stream()
            .anyMatch(
                name ->
                    key.startsWith(parent + name + ".")
                        || key.startsWith(parent + '"' + name + "\"."));
  }

  /** Where a value comes from. */
  public enum Origin {
    /** An option of the command. */
    COMMAND,
    /** An environment variable. */
    ENVIRONMENT,
    /** The file. */
    FILE,
    /** Nobody set it, and it has a default. */
    DEFAULT,
    /** Nobody set it, and it has no default. */
    NONE
  }

  /**
   * One key.
   *
   * @param section the heading under which the documentation has it
   * @param key the key, with the operator's name in it
   * @param value the value that is used; empty for none, and always empty for a secret
   * @param isSecret whether the value is a secret, or may contain one, and is not shown
   * @param isSet whether there is a value
   * @param origin where the value comes from
   * @param variable the environment variable that set it; empty for another origin
   * @param byDefault the default; empty for none
   * @param meaning what the documentation says of it, in Markdown
   */
  public record Setting(
      String section,
      String key,
      String value,
      boolean isSecret,
      boolean isSet,
      Origin origin,
      String variable,
      String byDefault,
      String meaning) {}

  /**
   * One caller.
   *
   * @param name the operator's name for it
   * @param appIds the apps that it may use; null for all
   * @param isOperator whether it may use the operator's service and see this console
   * @param mayHaveTokens whether it may get the access tokens of its apps
   * @param mayPush whether it may pass on pushes
   * @param tokens how many bearer tokens it has
   * @param certificateNames the names in its client certificates
   * @param maxInFlight the most messages in progress; null for no limit of its own
   * @param maxPerSecond the most messages that begin in a second; null for no limit of its own
   */
  public record CallerState(
      String name,
      @Nullable Set<String> appIds,
      boolean isOperator,
      boolean mayHaveTokens,
      boolean mayPush,
      int tokens,
      Set<String> certificateNames,
      @Nullable Integer maxInFlight,
      @Nullable Integer maxPerSecond) {}
}
