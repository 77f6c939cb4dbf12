package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An invalid control call, and the fields that are wrong. */
final class ControlError extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * One thing that is wrong.
   *
   * @param message begins with the name of the field
   */
  record Mistake(String field, String message) {}

  private final int status;
  private final transient List<Mistake> mistakes;

  private ControlError(int status, List<Mistake> mistakes) {
    super(mistakes.get(0).message(), null, false, false);
    this.status = status;
    this.mistakes = List.copyOf(mistakes);
  }

  private ControlError(int status, String field, String message) {
    this(status, List.of(new Mistake(field, message)));
  }

  /** All of them in one. */
  static ControlError of(List<ControlError> errors) {
    return new ControlError(
        errors.get(0).status, errors.stream().flatMap(e -> e.mistakes.stream()).toList());
  }

  static ControlError badField(String field, String message) {
    return new ControlError(400, field, message);
  }

  /** The same for a text that begins with the name of the field. */
  static ControlError badField(IllegalArgumentException e) {
    String text = String.valueOf(e.getMessage());
    return badField(text.split("[: ]", 2)[0], text.replaceFirst("^(\\w+) ", "$1: "));
  }

  static ControlError badBody() {
    return new ControlError(400, "body", "body: not one JSON object in UTF-8");
  }

  static ControlError notFound(String path) {
    return new ControlError(404, "path", "path: " + path + " (see GET /sandbox)");
  }

  static ControlError wrongMethod(String method, String allowed) {
    return new ControlError(405, "method", "method: " + method + " (expected: " + allowed + ")");
  }

  static ControlError unknown(String field, String message) {
    return new ControlError(404, field, message);
  }

  static ControlError forbidden(String field, String message) {
    return new ControlError(403, field, message);
  }

  static ControlError tooMany(String field, String message) {
    return new ControlError(503, field, message);
  }

  List<Mistake> mistakes() {
    return mistakes;
  }

  /** The first mistake, and where there are several, all of them. */
  Answer answer() {
    ObjectNode json =
        Json.object().put("error", getMessage()).put("field", mistakes.get(0).field());
    if (mistakes.size() > 1) {
      ArrayNode all = json.putArray("errors");
      mistakes.forEach(m -> all.addObject().put("field", m.field()).put("error", m.message()));
    }
    return Answer.control(status, json);
  }
}
