package dev.wxnotify.sandbox;

/** An invalid control call, and the field that is wrong. */
final class ControlError extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String field;

  private ControlError(int status, String field, String message) {
    super(message, null, false, false);
    this.status = status;
    this.field = field;
  }

  static ControlError badField(String field, String message) {
    return new ControlError(400, field, message);
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

  Answer answer() {
    return Answer.control(status, Json.object().put("error", getMessage()).put("field", field));
  }
}
