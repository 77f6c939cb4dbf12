package dev.wxnotify.server;

import dev.wxnotify.sandbox.PushRules;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.config.Configuration;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.config.UnknownVariables;
import dev.wxnotify.server.logging.Logs;
import dev.wxnotify.server.tracing.TracingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wxnotify serve}: runs the server until SIGTERM or Ctrl-C. */
@Command(
    name = "serve",
    description = "Run the server until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true,
    versionProvider = ImplementationVersion.class,
    footer = {
      "",
      "The configuration is a YAML file, environment variables, or both: the key",
      "wxnotify.grpc.port is the variable WXNOTIFY_GRPC_PORT. See docs/configuration.md",
      "for all keys.",
      "",
      "Exit codes: 0 stopped, 64 the command line is wrong, 69 could not bind or start,",
      "78 the configuration is wrong."
    })
final class ServeCommand implements Callable<Integer> {
  /** Could not bind or start; as EX_UNAVAILABLE in sysexits.h. */
  static final int EXIT_UNAVAILABLE = 69;

  /** The configuration is wrong; as EX_CONFIG in sysexits.h. */
  static final int EXIT_CONFIG = 78;

  /** Long enough to see that the receipt comes after the answer, as it mostly does at WeChat. */
  private static final Duration RECEIPT_DELAY = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration file, in YAML.")
  private @Nullable Path config;

  @Option(
      names = "--sandbox",
      description = "Send to a fake WeChat inside this process; no WeChat account is needed.")
  private boolean sandbox;

  @Option(
      names = "--sandbox-port",
      paramLabel = "PORT",
      description = "The port of the fake WeChat and its control API (default: any free one).",
      defaultValue = "0")
  private int sandboxPort;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    try {
      if (!sandbox) {
        return serve(Map.of(), null, started -> {});
      }
      SandboxPushes pushes = new SandboxPushes();
      try (Sandbox weChat = Sandbox.start(sandboxOptions())) {
        Map<String, String> keys = new HashMap<>(SandboxServer.keys(weChat));
        keys.putAll(pushes.keys());
        return serve(keys, weChat, started -> pushes.connect(weChat, started));
      }
    } catch (ConfigurationException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("wxnotify: the configuration is wrong:");
      e.mistakes().forEach(mistake -> err.println("  " + mistake));
      return EXIT_CONFIG;
    } catch (IOException e) {
      String why = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
      spec.commandLine().getErr().println("wxnotify: could not start: " + e.getMessage() + why);
      return EXIT_UNAVAILABLE;
    }
  }

  private SandboxOptions sandboxOptions() {
    return SandboxOptions.builder()
        .port(sandboxPort)
        .push(PushRules.NONE.times(RECEIPT_DELAY, Duration.ZERO))
        .build();
  }

  private int serve(
      Map<String, String> overrides,
      @Nullable Sandbox weChat,
      Consumer<NotificationServer> whenStarted)
      throws ConfigurationException, IOException, InterruptedException {
    Configuration configuration =
        Configuration.load(
            config,
            System.getenv(),
            overrides,
            weChat == null ? loaded -> {} : ServeCommand::requireTheSandboxsApp);
    ServerSettings settings = configuration.settings();
    Logs.use(settings.log());
    UnknownVariables.in(System.getenv()).forEach(log::warn);
    NotificationServer server = server(configuration);
    server.start();
    whenStarted.accept(server);
    // Before the line that says ready: whoever reads it may stop the server at once.
    stopOnSignal(server, settings.grace());
    server.announce();
    if (weChat != null) {
      printCalls(settings, server, weChat);
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /**
   * A process that stops as it was asked to has succeeded: its exit code is 0 and not that of the
   * signal.
   */
  private static void stopOnSignal(NotificationServer server, Duration grace) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  SecondSignal.endsAtOnce();
                  log.info("stopping: accepted calls have {} to finish", grace);
                  server.close();
                  log.info("stopped");
                  Logs.close();
                  Runtime.getRuntime().halt(0);
                },
                "wxnotify-stop"));
  }

  private static void requireTheSandboxsApp(ServerSettings settings) throws ConfigurationException {
    if (settings.apps().size() > 1) {
      throw new ConfigurationException(
          List.of("wxnotify.apps: --sandbox brings its own app; configure no others with it"));
    }
  }

  private static NotificationServer server(Configuration configuration)
      throws ConfigurationException {
    try {
      return new NotificationServer(configuration, TracingSettings.of(System.getenv()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(List.of(e.getMessage()));
    }
  }

  private void printCalls(ServerSettings settings, NotificationServer server, Sandbox weChat) {
    PrintWriter out = spec.commandLine().getOut();
    CallsToTry calls = new CallsToTry(settings, server.grpcPort(), server.monitoringPort());
    weChat.servedBy(calls.command(), calls.grpcAddress());
    out.printf("The fake WeChat is at %s (app %s).%n", weChat.baseUrl(), SandboxOptions.APP_ID);
    out.printf("Its inbox:          %s%n", weChat.inboxUrl());
    if (settings.console().isOn()) {
      out.printf("Operator's console: %s%n", calls.consoleUrl());
    }
    out.println();
    out.println(calls.text());
    out.flush();
  }
}
