package dev.wxnotify.server.push;

import java.util.List;
import java.util.Map;

/**
 * A part of a push, whether it came as XML or as JSON.
 *
 * @param text its own text; empty where it has parts
 * @param parts its parts by name, in their order; in JSON an array has one for each element
 */
record PushNode(String text, Map<String, List<PushNode>> parts) {
  static final PushNode EMPTY = new PushNode("", Map.of());

  /** What is deeper is of no use here, and left out. */
  static final int DEPTH = 6;

  /** Returns the text of the first part of a name, without blanks around it; empty for none. */
  String text(String name) {
    List<PushNode> found = all(name);
    return found.isEmpty() ? "" : found.get(0).text.strip();
  }

  /** Returns all parts of a name. */
  List<PushNode> all(String name) {
    return parts.getOrDefault(name, List.of());
  }

  /** Contains nothing of what was pushed. */
  @Override
  public String toString() {
    return "PushNode[" + parts.size() + " part(s)]";
  }
}
