package dev.wxnotify.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.testing.LogCapture;
import io.grpc.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    String last = variables.substring(variables.lastIndexOf("OTEL_"));
    int equals = last.indexOf('=');

    assertThatThrownBy(() -> TracingSettings.of(environment(variables)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(last.substring(0, equals) + ": expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:s3cr3t@collector:4318",
        "http://s3cr3t@collector:4318",
        "http://:s3cr3t@:bad:port",
        "http://collector:s3cr3t",
        "http://collector:99999",
        "s3cr3t",
        "s3cr3t://collector",
        "grpc://collector:4317",
        "http://",
        "http:s3cr3t",
        "http://s3 cr3t",
      })
  void endpoint_withCredentialsOrOfAnotherForm_isAMistakeThatDoesNotRepeatIt(String endpoint) {
    for (String variable :
        List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
      assertThatThrownBy(() -> TracingSettings.of(Map.of(variable, endpoint)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(variable + ": expected: http://host:port")
          .hasMessageNotContaining("s3");
    }
  }

  /** Its messages repeat the values, and header values are secrets. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OTEL_BSP_SCHEDULE_DELAY=s3cr3t",
        "OTEL_EXPORTER_OTLP_HEADERS=authorization=s3cr3t%zz",
        "OTEL_EXPORTER_OTLP_TIMEOUT=s3cr3t",
        "OTEL_TRACES_SAMPLER=s3cr3t",
        "OTEL_TRACES_SAMPLER_ARG=s3cr3t",
        "OTEL_PROPAGATORS=s3cr3t",
        "OTEL_RESOURCE_ATTRIBUTES=s3cr3t",
        "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere/s3cr3t",
        "OTEL_EXPORTER_OTLP_COMPRESSION=s3cr3t",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=s3cr3t",
      })
  void value_thatOpenTelemetryRefuses_isToldByItsVariableWithoutTheValue(String variable) {
    Map<String, String> environment =
        environment(
            variable
                + " OTEL_TRACES_EXPORTER=otlp"
                + (variable.contains("ARG") ? " OTEL_TRACES_SAMPLER=traceidratio" : ""));
    try (LogCapture log = LogCapture.open()) {
      try {
        Tracing.start(
                Objects.requireNonNull(TracingSettings.of(environment)), Context.key("trace"), "1")
            .close();
      } catch (IllegalArgumentException e) {
        assertThat(e)
            .hasMessageMatching("OTEL_\\S+: OpenTelemetry does not accept the value")
            .hasNoCause();
      }
      assertThat(log.everything()).doesNotContain("s3cr3t");
    }
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
