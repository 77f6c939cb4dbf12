package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.LogCapture;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Pattern MESSAGES = Pattern.compile("warmed up with (\\d+) messages");

  @Test
  void serverThatWarmsUp_sendsNothingToWeChat_andServesAfterwards() throws Exception {
    try (LogCapture log = LogCapture.open();
        RunningServer server =
            RunningServer.start(SandboxOptions.defaults(), Map.of("wxnotify.warm-up", "300ms"))) {
      List<String> lines = log.lines(Level.INFO, "warmed up");

      assertThat(lines).hasSize(1);
      Matcher messages = MESSAGES.matcher(lines.get(0));
      assertThat(messages.find()).isTrue();
      assertThat(Long.parseLong(messages.group(1))).isPositive();
      assertThat(server.sandbox().state().requests(SandboxEndpoint.SEND)).isZero();
      assertThat(
              server
                  .blocking()
                  .sendSubscribeMessage(RunningServer.requestTo("alice"))
                  .getMessageId())
          .isNotEmpty();
      assertThat(server.sandbox().state().requests(SandboxEndpoint.SEND)).isOne();
    }
  }
}
