package dev.wxnotify.server.redis;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What is logged during a test: by the libraries as configured, by ourselves down to the last. */
final class CapturedLog extends AppenderBase<ILoggingEvent>
    implements BeforeEachCallback, AfterEachCallback {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("dev.wxnotify");
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void beforeEach(ExtensionContext test) {
    events.clear();
    setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    start();
    ours.setLevel(Level.TRACE);
    root.addAppender(this);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    root.detachAppender(this);
    ours.setLevel(null);
    stop();
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** Returns the lines about Redis at {@code level}. */
  List<String> ofRedis(Level level) {
    return events.stream()
        .filter(event -> event.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith("redis: "))
        .toList();
  }

  /** Returns everything, with stack traces. */
  String everything() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : events) {
      text.append(event.getLevel()).append(' ').append(event.getFormattedMessage()).append('\n');
      if (event.getThrowableProxy() != null) {
        text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    return text.toString();
  }
}
