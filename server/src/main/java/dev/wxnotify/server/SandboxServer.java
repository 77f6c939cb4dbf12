package dev.wxnotify.server;

import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.logging.Logs;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The server with a fake WeChat, inside a foreign process: for callers' tests. It is what {@code
 * serve --sandbox} runs.
 *
 * <p>{@code wxnotify-testing} loads this class from the server's jar, in a separate class loader,
 * and calls it by name. So its signatures use only JDK types, and they must not change.
 */
public final class SandboxServer implements AutoCloseable {
  /** The differences from an operator's server; the caller's keys override them. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "wxnotify.grpc.port", "0",
          // Tests start and stop many servers in one JVM, for which the JDK's sockets are safest.
          "wxnotify.io.transport", "nio",
          "wxnotify.monitoring.port", "0",
          "wxnotify.log.level", "WARN",
          "wxnotify.shutdown.grace", "1s");

  private final Sandbox weChat;
  private final NotificationServer server;

  private SandboxServer(Sandbox weChat, NotificationServer server) {
    this.weChat = weChat;
    this.server = server;
  }

  /**
   * Starts on free ports of the loopback address. The environment is not read.
   *
   * @param keys configuration, as in a file: {@code wxnotify.grpc.max-in-flight} and so on
   * @throws IllegalArgumentException if keys are wrong; it names all mistakes
   * @throws IOException if the start fails
   */
  public static SandboxServer start(Map<String, String> keys)
      throws IOException, InterruptedException {
    Sandbox weChat = Sandbox.start(SandboxOptions.defaults());
    SandboxPushes pushes = new SandboxPushes();
    try {
      Map<String, String> all = new HashMap<>(DEFAULTS);
      all.putAll(keys);
      all.putAll(keys(weChat));
      all.putAll(pushes.keys());
      ServerSettings settings = ConfigLoader.load(null, Map.of(), all);
      if (settings.apps().size() > 1) {
        throw new ConfigurationException(List.of("wxnotify.apps: the sandbox brings its own app"));
      }
      Logs.use(settings.log());
      NotificationServer server = new NotificationServer(settings);
      server.start();
      pushes.connect(weChat, server);
      CallsToTry calls = new CallsToTry(settings, server.grpcPort(), server.monitoringPort());
      weChat.servedBy(calls.command(), calls.grpcAddress());
      return new SandboxServer(weChat, server);
    } catch (ConfigurationException e) {
      weChat.close();
      throw new IllegalArgumentException("the configuration is wrong: " + e.getMessage(), e);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      weChat.close();
      throw e;
    }
  }

  /** The keys that connect a server to a sandbox, but for the pushes. */
  static Map<String, String> keys(Sandbox weChat) {
    return Map.of(
        "wxnotify.wechat.base-url", weChat.baseUrl().toString(),
        "wxnotify.apps.sandbox.app-id", SandboxOptions.APP_ID,
        "wxnotify.apps.sandbox.app-secret", SandboxOptions.APP_SECRET,
        "wxnotify.apps.sandbox.seckill.template-id", SandboxTemplates.SECKILL_TEMPLATE_ID);
  }

  /** Returns the gRPC port, on 127.0.0.1. */
  public int grpcPort() {
    return server.grpcPort();
  }

  /**
   * Returns the address of the fake WeChat, which is controlled by HTTP. A browser shows its inbox
   * there.
   */
  public URI sandboxUrl() {
    return weChat.baseUrl();
  }

  /** Returns the port of the probes and the console, on 127.0.0.1. */
  int monitoringPort() {
    return server.monitoringPort();
  }

  /** Stops both; calls in progress have a second to end. */
  @Override
  public void close() {
    server.close();
    weChat.close();
  }
}
