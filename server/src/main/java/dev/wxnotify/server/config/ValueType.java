package dev.wxnotify.server.config;

import java.util.ArrayList;
import java.util.List;

/**
 * How the values of a key are read and checked.
 *
 * @param words what {@code docs/configuration.md} calls it
 * @param isList whether the file may have a list
 * @param isSecret whether a value is a secret, or may contain one
 */
record ValueType<T>(String words, boolean isList, boolean isSecret, Parser<T> parser) {

  /** Reads a value that is not empty. */
  @FunctionalInterface
  interface Parser<T> {
    /** Returns what the value stands for. */
    T parse(Value value) throws WrongValueException;
  }

  /** Reads one text that is not empty. */
  @FunctionalInterface
  interface TextParser<T> {
    /** Returns what the text stands for. */
    T parse(String text) throws WrongValueException;
  }

  /** Returns the type of a single value. */
  static <T> ValueType<T> of(String words, TextParser<T> parser) {
    return new ValueType<>(words, false, false, value -> parser.parse(value.text()));
  }

  /** Returns the type of a list; the parser reads one element, without white space around it. */
  static <T> ValueType<List<T>> listOf(String words, TextParser<T> parser) {
    return new ValueType<>("list of " + words, true, false, value -> all(value.list(), parser));
  }

  private static <T> List<T> all(List<String> elements, TextParser<T> parser)
      throws WrongValueException {
    List<T> parsed = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    for (String element : elements) {
      try {
        parsed.add(parser.parse(element));
      } catch (WrongValueException e) {
        mistakes.addAll(e.texts());
      }
    }
    if (!mistakes.isEmpty()) {
      throw new WrongValueException(mistakes);
    }
    return parsed;
  }

  /** Returns the same type for values that are secrets, or may contain one. */
  ValueType<T> secret() {
    return new ValueType<>(words, isList, true, parser);
  }

  T parse(Value value) throws WrongValueException {
    return parser.parse(value);
  }
}
