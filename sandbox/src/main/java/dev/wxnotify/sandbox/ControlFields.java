package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the fields of a control call and names the one that is wrong. */
final class ControlFields {

  private final ObjectNode json;

  private ControlFields(ObjectNode json) {
    this.json = json;
  }

  /** Rejects unknown fields: a misspelt one would otherwise be ignored silently. */
  static ControlFields of(Call call, Set<String> known) throws ControlError {
    ObjectNode json = Json.read(call.body()).orElseThrow(ControlError::badBody);
    return of(json, known);
  }

  /** The same where the body may be empty. */
  static ControlFields orNone(Call call, Set<String> known) throws ControlError {
    return call.body().isEmpty() ? of(Json.object(), known) : of(call, known);
  }

  static ControlFields of(ObjectNode json, Set<String> known) throws ControlError {
    for (var names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw ControlError.badField(name, name + ": unknown (expected: some of " + known + ")");
      }
    }
    return new ControlFields(json);
  }

  boolean has(String name) {
    return json.hasNonNull(name);
  }

  String text(String name) throws ControlError {
    JsonNode node = json.path(name);
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw ControlError.badField(name, name + ": " + node + " (expected: text)");
    }
    return node.textValue();
  }

  String text(String name, String otherwise) throws ControlError {
    return json.has(name) ? text(name) : otherwise;
  }

  boolean flag(String name) throws ControlError {
    JsonNode node = json.path(name);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw ControlError.badField(name, name + ": " + node + " (expected: true or false)");
    }
    return node.booleanValue();
  }

  /** A list of texts that is not empty. */
  List<String> texts(String name) throws ControlError {
    JsonNode node = json.path(name);
    List<String> texts = new ArrayList<>();
    for (JsonNode text : node) {
      if (text.isTextual()) {
        texts.add(text.textValue());
      }
    }
    if (!node.isArray() || node.isEmpty() || texts.size() != node.size()) {
      throw ControlError.badField(name, name + ": " + node + " (expected: a list of texts)");
    }
    return texts;
  }

  int integer(String name, int otherwise) throws ControlError {
    JsonNode node = json.path(name);
    if (node.isMissingNode()) {
      return otherwise;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw ControlError.badField(name, name + ": " + node + " (expected: a whole number)");
    }
    return node.intValue();
  }

  /** A whole number that is not too small. */
  int atLeast(int least, String name, int otherwise) throws ControlError {
    int value = integer(name, otherwise);
    if (value < least) {
      throw ControlError.badField(name, name + ": " + value + " (expected: >= " + least + ")");
    }
    return value;
  }

  /** A chance; 1 where the call names none. */
  double probability(String name) throws ControlError {
    double value = number(name, 1);
    if (!(value > 0 && value <= 1)) {
      throw ControlError.badField(name, name + ": " + value + " (expected: above 0, at most 1)");
    }
    return value;
  }

  double number(String name, double otherwise) throws ControlError {
    JsonNode node = json.path(name);
    if (node.isMissingNode()) {
      return otherwise;
    }
    if (!node.isNumber()) {
      throw ControlError.badField(name, name + ": " + node + " (expected: a number)");
    }
    return node.doubleValue();
  }

  <E extends Enum<E>> E constant(String name, Class<E> type) throws ControlError {
    String text = text(name);
    for (E constant : type.getEnumConstants()) {
      if (lower(constant).equals(text)) {
        return constant;
      }
    }
    List<String> all = List.of(type.getEnumConstants()).stream().map(ControlFields::lower).toList();
    throw ControlError.badField(name, name + ": " + text + " (expected: one of " + all + ")");
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
