package dev.wxnotify.server.tracing;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The standard {@code OTEL_*} variables. This class is apart from {@link Tracing}, so that a server
 * without traces loads nothing of OpenTelemetry.
 *
 * @param variables as they are in the environment
 */
public record TracingSettings(Map<String, String> variables) {
  private static final String PREFIX = "OTEL_";
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  private static final String PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";
  private static final String TRACES_PROTOCOL = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
  private static final int MAX_PORT = 65_535;
  private static final String HTTP = "http/protobuf";

  /**
   * Finds the variables in an environment.
   *
   * @return null if none of them asks for traces
   * @throws IllegalArgumentException if they ask for what this server cannot do; the message is for
   *     the operator, and repeats no value
   */
  public static @Nullable TracingSettings of(Map<String, String> environment) {
    Map<String, String> variables =
        environment.entrySet().stream()
            .filter(e -> e.getKey().startsWith(PREFIX) && !e.getValue().isBlank())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().strip()));
    String exporter = variables.getOrDefault(EXPORTER, "");
    boolean isAskedFor =
        !exporter.isEmpty()
            || variables.containsKey(ENDPOINT)
            || variables.containsKey(TRACES_ENDPOINT);
    if (!isAskedFor
        || exporter.equals("none")
        || variables.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")) {
      return null;
    }
    if (!exporter.isEmpty() && !exporter.equals("otlp")) {
      throw new IllegalArgumentException(EXPORTER + ": expected: otlp or none");
    }
    String key = variables.containsKey(TRACES_PROTOCOL) ? TRACES_PROTOCOL : PROTOCOL;
    String protocol = variables.getOrDefault(key, HTTP);
    if (!protocol.equals(HTTP)) {
      throw new IllegalArgumentException(key + ": expected: " + HTTP + ", by default on port 4318");
    }
    for (String each : List.of(ENDPOINT, TRACES_ENDPOINT)) {
      if (variables.containsKey(each) && !isEndpoint(variables.get(each))) {
        throw new IllegalArgumentException(
            each
                + ": expected: http://host:port or https://host:port, without user and password"
                + " (credentials go into OTEL_EXPORTER_OTLP_HEADERS)");
      }
    }
    return new TracingSettings(variables);
  }

  private static boolean isEndpoint(String text) {
    try {
      URI endpoint = new URI(text);
      return ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
          && endpoint.getHost() != null
          && endpoint.getRawUserInfo() == null
          && endpoint.getPort() <= MAX_PORT;
    } catch (URISyntaxException e) {
      return false; // Its text repeats the endpoint.
    }
  }

  /**
   * Returns the variable that a text of OpenTelemetry is about, by the name of its property; the
   * prefix of all of them where it names none. The text itself may repeat a value.
   */
  String variableOf(@Nullable String text) {
    return variables.keySet().stream()
        .filter(variable -> text != null && text.contains(property(variable)))
        .max(Comparator.comparingInt(String::length))
        .orElse(PREFIX + "*");
  }

  private static String property(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** Returns them as the properties that the SDK knows them by. */
  Map<String, String> properties() {
    return variables.entrySet().stream()
        .collect(Collectors.toMap(e -> property(e.getKey()), Map.Entry::getValue));
  }

  /** A header for the collector may be a secret. */
  @Override
  public String toString() {
    return "TracingSettings" + variables.keySet();
  }
}
