package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Commands for a shell that send a message again: to wxnotify by grpcurl, and to WeChat's API,
 * which the sandbox fakes, by curl.
 */
final class SendCommands {

  /** Stands for the address of a server that the sandbox does not know. */
  static final String ANY_SERVER = "HOST:PORT";

  private static final String METHOD = "wxnotify.v1.NotificationService/SendSubscribeMessage";

  private SendCommands() {}

  /**
   * The call of wxnotify that makes this request to WeChat.
   *
   * @param server where wxnotify listens, like {@code 127.0.0.1:9090}
   * @return empty if the request is none that wxnotify makes
   */
  static Optional<String> grpcurl(String appId, RawBody request, String server) {
    return Json.read(request)
        .filter(json -> json.path("data").isObject())
        .map(json -> grpcurl(message(appId, json), server));
  }

  /** A first message to {@code openId} that the sandbox accepts. */
  static String grpcurl(String appId, String openId, SandboxTemplate template, String server) {
    ObjectNode message =
        Json.object()
            .put("app_id", appId)
            .put("open_id", openId)
            .put("template_id", template.id())
            .put("page", "pages/index");
    ObjectNode data = message.putObject("data");
    template.keywords().forEach(keyword -> data.put(keyword.name(), keyword.example()));
    return grpcurl(message, server);
  }

  /**
   * The request to WeChat as it was, with {@code $TOKEN} in place of the token.
   *
   * @param origin of WeChat or its fake, without a trailing slash
   */
  static String curl(String origin, RawBody request) {
    // --data-raw, since -d would read a file if the text began with @.
    return "curl -s \"%s%s?%s=$TOKEN\" -H 'Content-Type: application/json' --data-raw %s"
        .formatted(origin, SandboxEndpoint.SEND.path(), Tokens.PARAMETER, quoted(request.text()));
  }

  private static String grpcurl(ObjectNode message, String server) {
    ObjectNode request = Json.object();
    request.set("message", message);
    return "grpcurl -plaintext -d "
        + quoted(visible(Json.text(request)))
        + " "
        + server
        + " "
        + METHOD;
  }

  private static ObjectNode message(String appId, ObjectNode json) {
    ObjectNode message =
        Json.object()
            .put("app_id", appId)
            .put("open_id", json.path("touser").asText(""))
            .put("template_id", json.path("template_id").asText(""));
    copy(json.path("page"), "page", "", message);
    ObjectNode data = message.putObject("data");
    for (Map.Entry<String, JsonNode> entry : json.path("data").properties()) {
      data.put(entry.getKey(), entry.getValue().path("value").asText(""));
    }
    copy(json.path("miniprogram_state"), "mini_program_state", "MINI_PROGRAM_STATE_", message);
    copy(json.path("lang"), "language", "LANGUAGE_", message);
    return message;
  }

  /** Names of constants are those of WeChat with a prefix, in upper case. */
  private static void copy(JsonNode value, String name, String prefix, ObjectNode to) {
    String text = value.asText("");
    if (!text.isEmpty()) {
      to.put(name, prefix.isEmpty() ? text : prefix + text.toUpperCase(Locale.ROOT));
    }
  }

  /** Marks of direction and the like as escapes: a command must be what it looks like. */
  private static String visible(String json) {
    StringBuilder visible = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (Character.getType(c) == Character.FORMAT || Character.isISOControl(c)) {
        visible.append("\\u%04x".formatted((int) c));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  /** Between single quotes a shell changes nothing. It cannot pass NUL, so that is left out. */
  private static String quoted(String text) {
    return "'" + text.replace("\0", "").replace("'", "'\\''") + "'";
  }
}
