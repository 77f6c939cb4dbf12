package dev.wxnotify.server;

import java.util.List;

/** The configuration is wrong; the exception names all mistakes, each by its key. */
final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> mistakes;

  ConfigurationException(List<String> mistakes) {
    super(String.join("; ", mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  List<String> mistakes() {
    return mistakes;
  }
}
