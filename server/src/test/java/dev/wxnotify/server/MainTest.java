package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "serve --help",
        "send --help",
        "send subscribe -h",
        "send seckill -h",
        "batch --help",
        "templates --help",
        "token --help",
        "token status --help"
      })
  void help_ofEveryCommand_exitsWith0(String args) throws Exception {
    try (WxnotifyProcess process = start(args)) {
      assertThat(process.exitCode()).isZero();
      assertThat(process.out()).startsWith("Usage: wxnotify");
      assertThat(process.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "serve --version"})
  void version_exitsWith0(String args) throws Exception {
    try (WxnotifyProcess process = start(args)) {
      assertThat(process.exitCode()).isZero();
      assertThat(process.out()).startsWith("wxnotify ");
      assertThat(process.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--unknown",
        "unknown",
        "serve --unknown",
        "serve --sandbox-port many",
        "serve --config",
        "send unknown",
        "send subscribe",
        "send subscribe --open-id o --template-id t --data thing1",
        "send subscribe --open-id o --template-id t --data thing1=x --state released",
        "send seckill --open-id o --goods-name g --time t --corp-id 1",
        "templates --output yaml",
        "token status --output yaml",
      })
  void wrongCommandLine_exitsWith64AndShowsTheUsage(String args) throws Exception {
    try (WxnotifyProcess process = start(args)) {
      assertThat(process.exitCode()).isEqualTo(64);
      assertThat(process.err()).contains("Usage: wxnotify").doesNotContain("Exception");
      assertThat(process.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "templates --timeout 0, '--timeout: expected: a number of seconds, from 0.001 to 86400'",
    "templates --timeout 2 --timeout 3, '--timeout: is given twice'",
    "token status --output yaml, '--output: expected: '",
  })
  void wrongCommandLine_namesTheOptionAndTheRule(String args, String text) throws Exception {
    try (WxnotifyProcess process = start(args)) {
      assertThat(process.exitCode()).isEqualTo(64);
      assertThat(process.err()).startsWith(text);
    }
  }

  /** Its exit codes are meant for campaign schedulers. */
  @ParameterizedTest
  @ValueSource(strings = {"batch", "batch rows.csv", "batch rows.csv --results r --unknown"})
  void wrongCommandLine_ofABatch_exitsWith2(String args) throws Exception {
    try (WxnotifyProcess process = start(args)) {
      assertThat(process.exitCode()).isEqualTo(2);
      assertThat(process.err()).contains("Usage: wxnotify batch").doesNotContain("Exception");
      assertThat(process.out()).isEmpty();
    }
  }

  @Test
  void noCommand_exitsWith64AndNamesTheCommands() throws Exception {
    try (WxnotifyProcess process = WxnotifyProcess.start(Map.of())) {
      assertThat(process.exitCode()).isEqualTo(64);
      assertThat(process.err()).contains("serve", "send");
    }
  }

  private static WxnotifyProcess start(String args) throws Exception {
    return WxnotifyProcess.start(Map.of(), args.split(" "));
  }
}
