package dev.wxnotify.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingSettingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OTEL_TRACES_EXPORTER=otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces",
        "OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
            + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
      })
  void variables_thatAskForTraces_areTaken(String variables) {
    assertThat(TracingSettings.of(environment(variables))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PATH=/bin",
        "OTEL_SERVICE_NAME=mine",
        "OTEL_TRACES_EXPORTER=",
        "OTEL_TRACES_EXPORTER=none",
        "OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318",
        "OTEL_TRACES_EXPORTER=otlp OTEL_SDK_DISABLED=true",
        "OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
      })
  void variables_thatDoNot_areNone(String variables) {
    assertThat(TracingSettings.of(environment(variables))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OTEL_TRACES_EXPORTER=zipkin",
        "OTEL_TRACES_EXPORTER=otlp,console",
        "OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
        "OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json",
      })
  void variables_thatAskForWhatIsNotThere_areAMistakeByName(String variables) {
    String last = variables.substring(variables.lastIndexOf("OTEL_")).replace("=", ": ");

    assertThatThrownBy(() -> TracingSettings.of(environment(variables)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(last);
  }

  @Test
  void toString_headers_areNotTold() {
    assertThat(
            TracingSettings.of(
                Map.of(
                    "OTEL_TRACES_EXPORTER", "otlp",
                    "OTEL_EXPORTER_OTLP_HEADERS", "authorization=s3cret")))
        .asString()
        .contains("OTEL_EXPORTER_OTLP_HEADERS")
        .doesNotContain("s3cret");
  }

  private static Map<String, String> environment(String variables) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(" ", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }
}
