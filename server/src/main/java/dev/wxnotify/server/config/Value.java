package dev.wxnotify.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one source says of a key.
 *
 * @param parts the elements of a list in the file, otherwise one text
 * @param isList whether it is a list in the file
 * @param variable the environment variable that it comes from; null for another source
 */
record Value(List<String> parts, boolean isList, @Nullable String variable) {

  /** Returns the value of one text. */
  static Value of(String text) {
    return new Value(List.of(text), false, null);
  }

  /** Returns the value of a list in the file. */
  static Value ofList(List<String> elements) {
    return new Value(List.copyOf(elements), true, null);
  }

  /** Returns the value of an environment variable. */
  static Value ofVariable(String variable, String text) {
    return new Value(List.of(text), false, variable);
  }

  /** Returns the text, exactly as it was written; a list is joined by commas. */
  String text() {
    return String.join(",", parts);
  }

  /**
   * Returns the elements, without white space around them and without those that are empty. A text
   * is split at its commas, except at {@code \,}.
   */
  List<String> list() {
    return (isList ? parts : split(text()))
        .stream().map(String::strip).filter(element -> !element.isEmpty()).toList();
  }

  private static List<String> split(String text) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    boolean isEscaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isEscaped || (c != '\\' && c != ',')) {
        element.append(c);
        isEscaped = false;
      } else if (c == '\\') {
        isEscaped = true;
      } else {
        elements.add(element.toString());
        element.setLength(0);
      }
    }
    elements.add(element.toString());
    return elements;
  }

  /** Never contains the value. */
  @Override
  public String toString() {
    return "Value[" + (variable == null ? "" : variable) + "]";
  }
}
