package dev.wxnotify.server;

import dev.wxnotify.server.config.ConfigWatch;
import dev.wxnotify.server.config.Configuration;
import dev.wxnotify.server.config.KeyInUse;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.delivery.Readiness;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.CallerTokens;
import dev.wxnotify.server.metrics.MonitoringServer;
import dev.wxnotify.server.metrics.Outcomes;
import dev.wxnotify.server.metrics.ServerMeters;
import dev.wxnotify.server.netty.HttpPort;
import dev.wxnotify.server.pages.ConfigurationState;
import dev.wxnotify.server.pages.ConfigurationState.CallerState;
import dev.wxnotify.server.pages.ConfigurationState.Origin;
import dev.wxnotify.server.pages.ConfigurationState.Setting;
import dev.wxnotify.server.pages.ConsoleSources;
import dev.wxnotify.server.pages.History;
import dev.wxnotify.server.pages.Operators;
import dev.wxnotify.server.pages.Pages;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the console on the monitoring port. The port is made before most of what the console shows,
 * which is connected when it is there; before that nobody can ask, since no port is open.
 */
final class ConsoleWiring implements AutoCloseable {
  /** Browsers hold one stream for each tab that shows events. */
  private static final HttpPort.Streams STREAMS =
      new HttpPort.Streams(16, Duration.ofSeconds(15), 256 * 1024);

  private final ServerSettings settings;
  private final History history;
  private final @Nullable Pages pages;
  private @Nullable Shown shown;

  /** What the console looks at, and who may see it. */
  private record Shown(ConsoleSources sources, CallerTokens callers) {}

  /**
   * Creates it, and begins to take samples for the history if there is a console.
   *
   * @param timer runs what is due later
   */
  ConsoleWiring(
      ServerSettings settings,
      ServerMeters meters,
      InstantSource clock,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.history = new History(() -> counts(meters.outcomes()), clock);
    if (settings.console().isOn()) {
      this.pages =
          new Pages(
              settings.console().allowedHosts(),
              () -> operators(shown().callers),
              () -> shown().sources,
              System::nanoTime,
              timer);
      long step = History.STEP.toMillis();
      var ignored = timer.scheduleAtFixedRate(history::sample, step, step, TimeUnit.MILLISECONDS);
    } else {
      this.pages = null;
    }
  }

  private static Map<String, History.Counts> counts(Map<String, Outcomes> outcomes) {
    return outcomes.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                each ->
                    new History.Counts(
                        each.getValue().accepted(),
                        each.getValue().rejected(),
                        each.getValue().notSent(),
                        each.getValue().unknown())));
  }

  /** Makes the monitoring port, with the console or without. */
  MonitoringServer monitoring(Readiness readiness, ServerMeters meters) {
    return pages == null
        ? new MonitoringServer(settings.monitoringAddress(), readiness, meters)
        : new MonitoringServer(
            settings.monitoringAddress(),
            readiness,
            meters,
            new MonitoringServer.Others(pages, Pages.MAX_BODY, Pages.MOST, STREAMS));
  }

  History history() {
    return history;
  }

  /** Connects what the console shows; to be called before the port is opened. */
  void connect(ConsoleSources sources, CallerTokens callers) {
    shown = new Shown(sources, callers);
  }

  private Shown shown() {
    if (shown == null) {
      throw new IllegalStateException("not connected");
    }
    return shown;
  }

  private static Operators operators(CallerTokens callers) {
    return new Operators() {
      @Override
      public boolean areRequired() {
        return callers.areRequired();
      }

      @Override
      public @Nullable Token find(String token) {
        CallerTokens.Token found = callers.find(token);
        return found == null ? null : () -> holder(found.holder());
      }
    };
  }

  private static Operators.@Nullable Holder holder(CallerTokens.@Nullable Known known) {
    return known == null
        ? null
        : new Operators.Holder(known.name(), known.appIds(), known.isOperator());
  }

  /**
   * Returns what is used of the configuration.
   *
   * @param started as it was at the start; null for a server without one
   * @param watch follows its file; null for no file
   */
  ConfigurationState configuration(@Nullable Configuration started, @Nullable ConfigWatch watch) {
    if (started == null) {
      return new ConfigurationState("", List.of(), callers(settings), "");
    }
    Configuration used = watch == null ? started : watch.used();
    Path file = started.file();
    return new ConfigurationState(
        file == null ? "" : file.toString(),
        started.keysInUse(used).stream().map(ConsoleWiring::setting).toList(),
        callers(used.settings()),
        watch == null ? "" : watch.trouble().orElse(""));
  }

  private static Setting setting(KeyInUse key) {
    return new Setting(
        key.section(),
        key.key(),
        key.value(),
        key.isSecret(),
        key.isSet(),
        switch (key.origin()) {
          case COMMAND -> Origin.COMMAND;
          case ENVIRONMENT -> Origin.ENVIRONMENT;
          case FILE -> Origin.FILE;
          case DEFAULT -> Origin.DEFAULT;
          case NONE -> Origin.NONE;
        },
        key.variable(),
        key.byDefault(),
        key.meaning());
  }

  private static List<CallerState> callers(ServerSettings settings) {
    return settings.grpc().callers().stream()
        .sorted(Comparator.comparing(CallerSettings::name))
        .map(
            each ->
                new CallerState(
                    each.name(),
                    each.appIds(),
                    each.isOperator(),
                    each.mayHaveTokens(),
                    each.mayPush(),
                    each.tokenHashes().size(),
                    each.certificateNames(),
                    each.maxInFlight(),
                    each.maxPerSecond()))
        .toList();
  }

  @Override
  public void close() {
    if (pages != null) {
      pages.close();
    }
  }
}
