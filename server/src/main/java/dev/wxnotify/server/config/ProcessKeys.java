package dev.wxnotify.server.config;

import dev.wxnotify.server.logging.Logs;
import dev.wxnotify.server.netty.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.event.Level;

/** The keys of the process: monitoring, sockets, how it stops, and the log. */
final class ProcessKeys {
  static final Key<InetAddress> MONITORING_HOST =
      Key.of(
          "wxnotify.monitoring.host",
          Types.HOST,
          "127.0.0.1",
          "address of `/metrics`, `/livez` and `/readyz`, which are plain HTTP. See"
              + " [monitoring.md](monitoring.md)");

  static final Key<Integer> MONITORING_PORT =
      Key.of(
          "wxnotify.monitoring.port",
          Types.PORT,
          "9464",
          "their port; 0 = any free one, which is logged");

  static final Key<Boolean> CONSOLE =
      Key.of(
          "wxnotify.monitoring.console",
          Types.BOOLEAN,
          "true",
          "whether the port also has the console, for callers with `operator`. See"
              + " [console.md](console.md)");

  static final Key<List<String>> ALLOWED_HOSTS =
      Key.optional(
          "wxnotify.monitoring.allowed-hosts",
          ValueType.listOf("host names without ports", ProcessKeys::hostName),
          "names under which browsers may open the console; IP addresses and `localhost` always"
              + " may. Probes and `/metrics` are not concerned");

  /** Empty for the first transport that works here. */
  static final Key<Optional<Transport>> TRANSPORT =
      Key.of(
          "wxnotify.io.transport",
          Types.oneOf(transports(), choice -> choice.map(Transport::label).orElse("auto")),
          "auto",
          "how sockets are read and written; `auto` takes the first that is available. See"
              + " [running.md](running.md#io_uring)");

  static final Key<Duration> WARM_UP =
      Key.of(
          "wxnotify.warm-up",
          Types.DURATION_OR_ZERO,
          "0s",
          "the longest time for which a start sends messages to a fake WeChat inside the process,"
              + " so that their code is compiled before the server accepts calls. See"
              + " [running.md](running.md#warm-up)");

  static final Key<Duration> GRACE =
      Key.of(
          "wxnotify.shutdown.grace",
          Types.DURATION,
          "15s",
          "how long accepted calls may take to finish after SIGTERM");

  static final Key<Logs.Format> LOG_FORMAT =
      Key.of(
          "wxnotify.log.format",
          Types.oneOf(Logs.Format.class),
          "plain",
          "the form of the log on standard error. See [logs-and-traces.md](logs-and-traces.md)");

  static final Key<Level> LOG_LEVEL =
      Key.of(
          "wxnotify.log.level",
          Types.oneOf(List.of(Level.values()), Level::name),
          "INFO",
          "the least important lines that are written");

  static final Section SECTION =
      new Section(
          "Process",
          List.of(
              MONITORING_HOST,
              MONITORING_PORT,
              CONSOLE,
              ALLOWED_HOSTS,
              TRANSPORT,
              WARM_UP,
              GRACE,
              LOG_FORMAT,
              LOG_LEVEL));

  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_-]{1,63})*\\.?");

  private ProcessKeys() {}

  private static String hostName(String text) throws WrongValueException {
    if (!HOST_NAME.matcher(text).matches()) {
      throw new WrongValueException("expected: the name of a host, without scheme and port");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static List<Optional<Transport>> transports() {
    return Stream.concat(
            Stream.of(Optional.<Transport>empty()),
            Arrays.stream(Transport.values()).map(Optional::of))
        .toList();
  }
}
