package dev.wxnotify.server.config;

import java.util.Set;

/**
 * The operator's console on the monitoring port.
 *
 * @param isOn whether there is one
 * @param allowedHosts names that a browser may use for it, beside addresses and {@code localhost}
 */
public record ConsoleSettings(boolean isOn, Set<String> allowedHosts) {
  /** Copies. */
  public ConsoleSettings {
    allowedHosts = Set.copyOf(allowedHosts);
  }
}
