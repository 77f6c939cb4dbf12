package dev.wxnotify.server.config;

import java.util.List;

/**
 * A value is not one of its key. Each text can follow the name of the key ("expected: a whole
 * number"). None repeats the value, not even a number or a path: a secret may have been put into
 * any key by mistake.
 */
final class WrongValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> texts;

  WrongValueException(String text) {
    this(List.of(text));
  }

  WrongValueException(List<String> texts) {
    super(String.join("; ", texts));
    this.texts = List.copyOf(texts);
  }

  List<String> texts() {
    return texts;
  }
}
