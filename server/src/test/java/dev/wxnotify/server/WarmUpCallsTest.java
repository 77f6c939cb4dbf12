package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.AcceptedMessage;
import dev.wxnotify.sandbox.SandboxEndpoint;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.grpc.WarmUpCalls;
import dev.wxnotify.server.netty.EventLoops;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmUpCallsTest {
  /** The seckill template and another one, so that it shows what was sent. */
  private static final Map<String, Map<String, String>> TEMPLATES =
      Map.of(
          SandboxTemplates.SECKILL_TEMPLATE_ID,
          Map.of("thing1", "a", "time2", "20:00", "thing3", "b"),
          SandboxTemplates.DEVICE_TEMPLATE_ID,
          Map.of("time1", "2026-11-24 20:00", "enum_string2", "已完成", "short_thing3", "阳台"));

  private final EventLoopGroup loops = EventLoops.makeBest();

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void callsAtFullSpeed_areOfAllKinds_andSomeUsersRefuse() throws Exception {
    try (RunningServer server = server()) {
      long accepted =
          new WarmUpCalls(loops, TEMPLATES, Duration.ofMillis(300), Duration.ZERO)
              .run(server.port());

      assertThat(accepted).isPositive().isEqualTo(server.sandbox().messages().size());
      assertThat(server.sandbox().messages())
          .extracting(AcceptedMessage::templateId)
          .contains(SandboxTemplates.SECKILL_TEMPLATE_ID, SandboxTemplates.DEVICE_TEMPLATE_ID);
      assertThat(server.sandbox().state().requests(SandboxEndpoint.SEND))
          .as("those that users refused, too")
          .isGreaterThan(accepted);
    }
  }

  @Test
  void callsWithPauses_goOnUntilTheTimeIsOver() throws Exception {
    Duration time = Duration.ofSeconds(3); // The first calls take the most of it.
    try (RunningServer server = server()) {
      long began = System.nanoTime();
      long accepted =
          new WarmUpCalls(loops, TEMPLATES, time, Duration.ofMillis(20)).run(server.port());

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(time);
      assertThat(accepted).as("some answers led to other calls").isGreaterThan(16);
      assertThat(accepted).isEqualTo(server.sandbox().messages().size());
    }
  }

  private static RunningServer server() throws Exception {
    return RunningServer.start(
        SandboxOptions.defaults(),
        Map.of("wxnotify.grpc.callers.warm-up.token-sha256", WarmUpCalls.tokenSha256()));
  }
}
