package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class FaultLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(FaultLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final FakeClock clock = new FakeClock();
  private final FaultLog log = new FaultLog(clock.nanos());

  @BeforeEach
  void capture() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopCapturing() {
    logger.detachAppender(lines);
  }

  @Test
  void write_first_isLoggedWithItsTrace() {
    log.write("something broke", new NoClassDefFoundError("Missing"));

    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getFormattedMessage()).startsWith("something broke");
    assertThat(lines.list.get(0).getThrowableProxy().getMessage()).isEqualTo("Missing");
  }

  @Test
  void write_oneOfMany_isLoggedOnceInAWhile() {
    for (int i = 0; i < 1_000; i++) {
      log.write("something broke", new IllegalStateException());
    }
    assertThat(lines.list).hasSize(1);

    clock.advance(FaultLog.PAUSE.minus(Duration.ofNanos(1)));
    log.write("something broke", new IllegalStateException());
    assertThat(lines.list).hasSize(1);

    clock.advance(Duration.ofNanos(1));
    log.write("something broke", new IllegalStateException());
    assertThat(lines.list).hasSize(2);
  }
}
