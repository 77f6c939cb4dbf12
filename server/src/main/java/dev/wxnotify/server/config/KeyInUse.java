package dev.wxnotify.server.config;

/**
 * One key of a configuration, for people. Nothing secret is in it.
 *
 * @param section the heading under which the documentation has it
 * @param key the key, with the operator's name in it
 * @param value the value that is used, the default included; empty for none, and for a secret
 * @param isSecret whether the value is a secret, or may contain one
 * @param isSet whether there is a value
 * @param origin where the value comes from
 * @param variable the environment variable that set it; empty for another origin
 * @param byDefault the default; empty for none
 * @param meaning what the documentation says of it, in Markdown
 */
public record KeyInUse(
    String section,
    String key,
    String value,
    boolean isSecret,
    boolean isSet,
    Origin origin,
    String variable,
    String byDefault,
    String meaning) {

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
}
