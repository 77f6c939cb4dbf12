package dev.wxnotify.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SecondsConverterTest {
  private final SecondsConverter converter = new SecondsConverter();

  @ParameterizedTest
  @CsvSource({"10, 10000", "2.5, 2500", "0.001, 1", "86400, 86400000"})
  void seconds_areConverted(String text, long millis) {
    assertThat(converter.convert(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "0.0001", "86401", "NaN", "Infinity", "1s", "ten", ""})
  void other_isRefused(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> converter.convert(text))
        .withMessage("'" + text + "' (expected: a number of seconds, from 0.001 to 86400)");
  }
}
