package dev.wxnotify.server.redis;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.LogCapture;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The log of a test, and its lines about Redis. */
final class CapturedLog implements BeforeEachCallback, AfterEachCallback {
  private @Nullable LogCapture log;

  @Override
  public void beforeEach(ExtensionContext test) {
    log = LogCapture.open();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    captured().close();
  }

  /** Returns the lines about Redis at {@code level}. */
  List<String> ofRedis(Level level) {
    return captured().lines(level, "redis: ");
  }

  /** Returns everything, with stack traces. */
  String everything() {
    return captured().everything();
  }

  private LogCapture captured() {
    return Objects.requireNonNull(log, "is open during each test");
  }
}
