package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

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
   * The call of wxnotify that makes the request of this message.
   *
   * @return empty if wxnotify makes no such request
   */
  static Optional<String> grpcurl(InboxMessage sent, ServerAddress server) {
    if (sent.openId().isEmpty() || sent.checks().isEmpty()) {
      return Optional.empty();
    }
    ObjectNode message =
        Json.object()
            .put("app_id", sent.appId())
            .put("open_id", sent.openId())
            .put("template_id", sent.templateId());
    put(message, "page", "", sent.page());
    ObjectNode data = message.putObject("data");
    Stream.concat(sent.checks().stream(), sent.unknown().stream())
        .filter(check -> check.problem() != KeywordProblem.MISSING)
        .forEach(check -> data.put(check.keyword(), check.value()));
    put(message, "mini_program_state", "MINI_PROGRAM_STATE_", sent.state());
    put(message, "language", "LANGUAGE_", sent.language());
    return Optional.of(grpcurl(message, server));
  }

  /** A first message to {@code openId} that the sandbox accepts. */
  static String grpcurl(
      String appId, String openId, SandboxTemplate template, ServerAddress server) {
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

  private static String grpcurl(ObjectNode message, ServerAddress server) {
    ObjectNode request = Json.object();
    request.set("message", message);
    return server.call(quoted(visible(Json.text(request))), METHOD);
  }

  /** Names of constants are those of WeChat with a prefix, in upper case. */
  private static void put(ObjectNode message, String name, String prefix, String text) {
    if (!text.isEmpty()) {
      message.put(name, prefix.isEmpty() ? text : prefix + text.toUpperCase(Locale.ROOT));
    }
  }

  /** Marks of direction and the like as escapes: a command must be what it looks like. */
  private static String visible(String json) {
    StringBuilder visible = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            c -> {
              if (isShown(c)) {
                visible.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  visible.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return visible.toString();
  }

  /**
   * Between single quotes a shell changes nothing. It cannot pass NUL, so that is left out. What is
   * not seen is made by {@code printf}, since a terminal takes some of it for keys: a pasted Ctrl-C
   * would end the command, and begin another one with the rest of the text.
   */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("'");
    text.codePoints()
        .filter(c -> c != 0)
        .forEach(
            c -> {
              if (c == '\'') {
                quoted.append("'\\''");
              } else if (c == '\n' || isShown(c)) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append("'\"$(printf '").append(octal(c)).append("')\"'");
              }
            });
    return quoted.append('\'').toString();
  }

  private static String octal(int c) {
    StringBuilder octal = new StringBuilder();
    for (byte each : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
      octal.append("\\%03o".formatted(each & 0xff));
    }
    return octal.toString();
  }

  /** Tells whether a character is seen, and changes nothing but its own place. */
  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
