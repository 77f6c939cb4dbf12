package dev.wxnotify.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/** The format of a log line. */
class LogsTest {
  private static final String NASTY = "a\nb\r\nc\u0085d\u2028e\u001b[31m\"f\tg\0";

  private final LoggerContext context = new LoggerContext();

  LogsTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void plain_event_isALineWithItsFieldsBehindIt() {
    use(Logs.Format.PLAIN, Level.INFO);

    assertThat(line("hello", Map.of("reason", "INVALID_PAGE"), null))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\S+ INFO  Sample hello reason=\"INVALID_PAGE\"\\R");
  }

  @Test
  void plain_eventWithoutFields_endsWithItsMessage() {
    use(Logs.Format.PLAIN, Level.INFO);

    assertThat(line("ready: gRPC", Map.of(), null)).matches(".* Sample ready: gRPC\\R");
  }

  @Test
  void json_event_isAnObjectWithItsFieldsBesideTheMessage() throws Exception {
    use(Logs.Format.JSON, Level.INFO);

    JsonNode event = new ObjectMapper().readTree(line("hello", Map.of("reason", "X"), null));

    assertThat(event.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("time", "level", "logger", "thread", "message", "reason");
    assertThat(event.get("time").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(event.get("level").asText()).isEqualTo("INFO");
    assertThat(event.get("message").asText()).isEqualTo("hello");
    assertThat(event.get("reason").asText()).isEqualTo("X");
  }

  @ParameterizedTest
  @EnumSource
  void line_controlsInItsParts_staysOneLine(Logs.Format format) {
    use(format, Level.INFO);

    String line = line(NASTY, Map.of("errmsg", NASTY), null);

    assertThat(line).endsWith(System.lineSeparator());
    assertThat(line.strip().chars().filter(c -> c < ' ')).isEmpty();
  }

  @Test
  void plain_controlsInItsParts_areBlanks() {
    use(Logs.Format.PLAIN, Level.INFO);

    String line = line(NASTY, Map.of("errmsg", NASTY), null);

    assertThat(line).contains("a b  c d e [31m\"f g");
    assertThat(line.strip().chars().filter(Character::isISOControl)).isEmpty();
  }

  @Test
  void plain_lineBreaksInTheTextOfAnException_beginNoLineThatLooksLikeAnEvent() {
    use(Logs.Format.PLAIN, Level.INFO);
    String forged = "x\n2026-11-24T20:00:00.000Z INFO  Other forged";

    String lines =
        line("broken", Map.of(), new IllegalStateException(forged, new RuntimeException(forged)));

    assertThat(lines.lines().skip(1))
        .hasSizeGreaterThan(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches("(\tat |\t\\.\\.\\. |java.lang|Caused by: |\tSuppressed: ).*"));
    assertThat(lines).contains("Other forged");
  }

  @Test
  void json_exception_isInItsLine() throws Exception {
    use(Logs.Format.JSON, Level.INFO);

    String line = line("broken", Map.of(), new IllegalStateException("why"));

    assertThat(line.strip().lines()).hasSize(1);
    assertThat(new ObjectMapper().readTree(line).get("stack_trace").asText())
        .contains("IllegalStateException: why");
  }

  @ParameterizedTest
  @CsvSource({"DEBUG, true, true", "INFO, false, true", "ERROR, false, false"})
  void level_ofTheSettings_decidesWhatIsWritten(Level level, boolean debug, boolean info) {
    use(Logs.Format.PLAIN, level);

    assertThat(context.getLogger("dev.wxnotify.Sample").isDebugEnabled()).isEqualTo(debug);
    assertThat(context.getLogger("dev.wxnotify.Sample").isInfoEnabled()).isEqualTo(info);
  }

  @ParameterizedTest
  @EnumSource
  void level_low_doesNotOpenTheLoggersThatPrintAddressesOfRequests(Logs.Format format) {
    use(format, Level.TRACE);

    assertThat(context.getLogger("io.netty.handler").isDebugEnabled()).isFalse();
  }

  @Test
  void writer_doesNotWaitForWhoReads() {
    use(Logs.Format.PLAIN, Level.INFO);

    assertThat(async().isNeverBlock()).isTrue();
  }

  private void use(Logs.Format format, Level level) {
    Logs.use(context, new Logs.Settings(format, level));
  }

  private AsyncAppender async() {
    return (AsyncAppender)
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("ASYNC");
  }

  private String line(String message, Map<String, String> fields, @Nullable Throwable fault) {
    LoggingEvent event =
        new LoggingEvent(
            LogsTest.class.getName(),
            context.getLogger("dev.wxnotify.Sample"),
            ch.qos.logback.classic.Level.INFO,
            message,
            fault,
            null);
    event.setKeyValuePairs(
        List.copyOf(
            fields.entrySet().stream()
                .map(field -> new KeyValuePair(field.getKey(), field.getValue()))
                .toList()));
    Encoder<ILoggingEvent> encoder =
        ((ConsoleAppender<ILoggingEvent>) async().getAppender("STDERR")).getEncoder();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
