package dev.wxnotify.server.config;

import java.util.List;

/** The configuration is wrong; the exception names all mistakes, each by its key. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> mistakes;

  /** Creates an exception for mistakes, each of which begins with its key. */
  public ConfigurationException(List<String> mistakes) {
    super(String.join("; ", mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  /** Returns the mistakes. */
  public List<String> mistakes() {
    return mistakes;
  }
}
