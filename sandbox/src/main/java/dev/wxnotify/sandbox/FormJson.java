package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Makes of a form the JSON that a control call has, so that both are checked by the same code. A
 * field that is empty is left out; one that is not of its type stays text, which the check names.
 */
final class FormJson {

  private static final double PERCENT = 100;

  private final Form form;
  private final ObjectNode json = Json.object();

  FormJson(Form form) {
    this.form = form;
  }

  FormJson text(String... fields) {
    for (String field : fields) {
      String value = form.value(field);
      if (!value.isEmpty()) {
        json.put(field, value);
      }
    }
    return this;
  }

  /** A list of one. */
  FormJson list(String field, String as) {
    if (!form.value(field).isEmpty()) {
      json.putArray(as).add(form.value(field));
    }
    return this;
  }

  FormJson integer(String... fields) {
    for (String field : fields) {
      String value = form.value(field).strip();
      if (value.matches("[+-]?[0-9]{1,9}")) {
        json.put(field, Integer.parseInt(value));
      } else if (!value.isEmpty()) {
        json.put(field, value);
      }
    }
    return this;
  }

  /** A share in percent, which becomes one of 1. */
  FormJson percent(String field) {
    String value = form.value(field).strip();
    if (value.matches("-?[0-9]{1,9}([.][0-9]{1,9})?")) {
      json.put(field, Double.parseDouble(value) / PERCENT);
    } else if (!value.isEmpty()) {
      json.put(field, value);
    }
    return this;
  }

  /** A kind and its value, as in {@code errcode=45009}. */
  FormJson kind(String kind, String argument, String as) {
    String value = form.value(argument).strip();
    json.put(as, value.isEmpty() ? form.value(kind) : form.value(kind) + "=" + value);
    return this;
  }

  ObjectNode json() {
    return json;
  }
}
