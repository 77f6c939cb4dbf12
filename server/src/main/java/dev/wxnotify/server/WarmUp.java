package dev.wxnotify.server;

import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.grpc.WarmUpCalls;
import dev.wxnotify.server.netty.EventLoops;
import dev.wxnotify.server.netty.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the code of a message compiled before the server is ready. A new JVM takes many times the CPU
 * for a message, so that a replica that joins a busy fleet could not answer its share.
 *
 * <p>For a few seconds a second server in this process sends messages to a fake WeChat. All of it
 * listens on the loopback address, is unknown to callers, Redis and metrics, and is closed before
 * the server binds its ports. Nothing leaves this process.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  private WarmUp() {}

  /**
   * Warms up. Where that fails, the start continues without it.
   *
   * @param transport that of the server; null for the best one
   */
  static void run(Duration time, @Nullable Transport transport) throws InterruptedException {
    log.info("warming up for {} with messages to a fake WeChat inside this process", time);
    try (Sandbox weChat = Sandbox.start(SandboxOptions.defaults());
        NotificationServer server = new NotificationServer(settings(weChat, transport))) {
      server.start();
      long messages = send(server.grpcPort(), transport, time);
      log.info("warmed up with {} messages", messages);
    } catch (IOException | ConfigurationException | RuntimeException e) {
      log.warn("the warm-up failed; the first messages take more CPU: {}", e.toString());
    }
  }

  private static long send(int port, @Nullable Transport transport, Duration time)
      throws InterruptedException {
    EventLoopGroup loops = transport == null ? EventLoops.makeBest() : EventLoops.make(transport);
    try {
      return WarmUpCalls.run(port, loops, SandboxTemplates.SECKILL_TEMPLATE_ID, time);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static ServerSettings settings(Sandbox weChat, @Nullable Transport transport)
      throws ConfigurationException {
    Map<String, String> keys = new HashMap<>(SandboxServer.keys(weChat));
    keys.put("wxnotify.grpc.port", "0");
    keys.put("wxnotify.monitoring.port", "0");
    keys.put("wxnotify.shutdown.grace", "1s");
    if (transport != null) {
      keys.put("wxnotify.io.transport", transport.label());
    }
    return ConfigLoader.load(null, Map.of(), keys);
  }
}
