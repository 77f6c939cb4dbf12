package dev.wxnotify.server.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.slf4j.event.Level;

/** The log of this process: set up as configured, and written to the end when the process ends. */
public final class Logs {

  /** How a line looks. */
  public enum Format {
    /** For people. */
    PLAIN,
    /** One JSON object. */
    JSON
  }

  /**
   * What the operator chose.
   *
   * @param level lines of less importance are left out
   */
  public record Settings(Format format, Level level) {}

  private Logs() {}

  /** Applies the settings, to the loggers that exist too, and takes in what the JDK's log gets. */
  public static void use(Settings settings) {
    use(context(), settings);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static void use(LoggerContext context, Settings settings) {
    URL rules = Objects.requireNonNull(Logs.class.getResource("/logback.xml"), "logback.xml");
    context.reset();
    context.putProperty("logFormat", settings.format().name().toLowerCase(Locale.ROOT));
    context.putProperty("logLevel", settings.level().name());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(rules);
    } catch (JoranException e) {
      throw new IllegalStateException("the log configuration is invalid", e);
    }
  }

  /** Writes what waits to be written; nothing is logged from then on. */
  public static void close() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }
}
