package dev.wxnotify.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What differs between two configurations of the same kind of thing: two of one name differ if they
 * are not equal.
 *
 * @param added the names that are new
 * @param changed the names of those that are in both, and differ
 * @param removed the names that are gone
 */
record Difference(List<String> added, List<String> changed, List<String> removed) {

  /** Compares {@code before} with {@code now}, by {@code name}. */
  static <T> Difference between(List<T> before, List<T> now, Function<T, String> name) {
    Map<String, T> left = new LinkedHashMap<>();
    before.forEach(each -> left.put(name.apply(each), each));
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (T each : now) {
      T old = left.remove(name.apply(each));
      if (old == null) {
        added.add(name.apply(each));
      } else if (!old.equals(each)) {
        changed.add(name.apply(each));
      }
    }
    return new Difference(added, changed, List.copyOf(left.keySet()));
  }

  /**
   * Returns a text for each kind of difference that there is.
   *
   * @param what names the things: {@code apps}
   */
  List<String> texts(String what) {
    List<String> texts = new ArrayList<>();
    add(texts, what + " added: ", added);
    add(texts, what + " changed: ", changed);
    add(texts, what + " removed: ", removed);
    return texts;
  }

  private static void add(List<String> texts, String what, List<String> names) {
    if (!names.isEmpty()) {
      texts.add(what + String.join(", ", names));
    }
  }
}
