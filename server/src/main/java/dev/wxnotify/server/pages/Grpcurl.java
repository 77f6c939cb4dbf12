package dev.wxnotify.server.pages;

import dev.wxnotify.server.pages.ConfigurationState.Setting;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Commands that ask a server over gRPC for what a page shows. Values are safe to paste: whatever a
 * shell or a terminal could take for something else is written as a JSON escape.
 */
final class Grpcurl {
  private static final String HOST = "wxnotify.grpc.host";
  private static final String PORT = "wxnotify.grpc.port";
  private static final String TLS = "wxnotify.grpc.tls.";

  private final String prefix;
  private final String address;

  /** Creates commands for the gRPC port that a configuration names. */
  Grpcurl(ConfigurationState configuration) {
    String host = "127.0.0.1";
    String port = "9090";
    boolean isTls = false;
    for (Setting each : configuration.settings()) {
      if (each.key().equals(HOST) && isAddress(each.value())) {
        host = each.value();
      } else if (each.key().equals(PORT) && !each.value().isEmpty()) {
        port = each.value();
      } else if (each.key().startsWith(TLS) && each.isSet()) {
        isTls = true;
      }
    }
    boolean hasCallers = !configuration.callers().isEmpty();
    this.prefix =
        "grpcurl"
            + (isTls ? "" : " -plaintext")
            + (hasCallers ? " -H 'authorization: Bearer TOKEN'" : "");
    this.address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** A server that listens on all addresses is on this one too. */
  private static boolean isAddress(String host) {
    return !host.isEmpty() && !host.equals("0.0.0.0") && !host.equals("::");
  }

  /**
   * Returns a command.
   *
   * @param method such as {@code MessageService/GetMessage}
   * @param fields the fields of the request, which are all texts; empty ones are left out
   */
  String call(String method, Map<String, String> fields) {
    String json =
        fields.entrySet().stream()
            .filter(field -> !field.getValue().isEmpty())
            .map(field -> "\"" + field.getKey() + "\":\"" + escaped(field.getValue()) + "\"")
            .collect(Collectors.joining(","));
    String data = json.isEmpty() ? "" : " -d '{" + json + "}'";
    return prefix + data + " " + address + " wxnotify.v1." + method;
  }

  private static String escaped(String value) {
    StringBuilder text = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
              } else if (c == '\'' || !isShown(c)) {
                for (char unit : Character.toChars(c)) {
                  text.append(String.format("\\u%04x", (int) unit));
                }
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }

  /** Tells whether a character is seen, and changes nothing but its own place. */
  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
