package dev.wxnotify.sandbox;

import dev.wxnotify.web.Page;
import dev.wxnotify.web.PageRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was typed into a form of the inbox, and what is wrong with it. */
final class Form {

  /** One that nobody has filled in. */
  static final Form EMPTY = new Form("", Map.of(), Map.of());

  private final String name;
  private final Map<String, String> values;
  private final Map<String, String> mistakes;

  private Form(String name, Map<String, String> values, Map<String, String> mistakes) {
    this.name = name;
    this.values = values;
    this.mistakes = mistakes;
  }

  /**
   * The fields that were sent.
   *
   * @param name of the form, for texts that are its own
   */
  static Form of(String name, PageRequest request) {
    return new Form(name, request.form(), Map.of());
  }

  /** The same with what is wrong. */
  Form with(ControlError error) {
    Map<String, String> all = new LinkedHashMap<>();
    error.mistakes().forEach(mistake -> all.putIfAbsent(mistake.field(), mistake.message()));
    return new Form(name, values, all);
  }

  /** The same with one field that is wrong. */
  Form with(String field, String message) {
    Map<String, String> all = new LinkedHashMap<>(mistakes);
    all.put(field, message);
    return new Form(name, values, all);
  }

  /** What was typed; empty for nothing. */
  String value(String field) {
    return value(field, "");
  }

  /** What was typed, or what stands there at first. */
  String value(String field, String otherwise) {
    return values.getOrDefault(field, otherwise);
  }

  boolean isWrong(String field) {
    return mistakes.containsKey(field);
  }

  /** True if this is the form of that name and something is wrong with it. */
  boolean failed(String form) {
    return name.equals(form) && !mistakes.isEmpty();
  }

  /** True if something is wrong. */
  boolean failed() {
    return !mistakes.isEmpty();
  }

  /** This form if it is the one of that name, or else one that nobody has filled in. */
  Form in(String form) {
    return name.equals(form) ? this : EMPTY;
  }

  /** The rule that a field breaks, in the language of the page. */
  String rule(Page page, String field) {
    String message = mistakes.getOrDefault(field, "");
    return page.textOr(
        "error.rule." + name + "." + field, page.textOr("error.rule." + field, message));
  }

  /** The mistakes in fields that the form does not show, so that none is lost. */
  Map<String, String> others(String... shown) {
    Map<String, String> others = new LinkedHashMap<>(mistakes);
    for (String field : shown) {
      others.remove(field);
    }
    return others;
  }
}
