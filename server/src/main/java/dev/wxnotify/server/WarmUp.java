package dev.wxnotify.server;

import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplate;
import dev.wxnotify.sandbox.SandboxTemplate.Keyword;
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
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the code of a message compiled before the server is ready. A new JVM takes many times the CPU
 * for a message, so that a replica that joins a busy fleet could not answer its share.
 *
 * <p>For some seconds a second server in this process sends messages to a fake WeChat. All of it
 * listens on the loopback address, is unknown to callers, Redis and metrics, and is closed before
 * the server binds its ports. Nothing leaves this process.
 *
 * <p>The calls resemble those of real callers, and connections and servers begin and end meanwhile.
 * What is never seen here is not compiled: the first time that it happens, the JVM discards the
 * code around it, and compiles that again.
 */
final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

  /** The id and the values of each template of the fake WeChat. */
  private static final Map<String, Map<String, String>> TEMPLATES =
      SandboxTemplates.ALL.stream()
          .collect(Collectors.toMap(SandboxTemplate::id, WarmUp::examples));

  /** How many messages the fake WeChat remembers, so that they take little of the heap. */
  private static final int KEPT = 10_000;

  private static final Duration FULL_SPEED = Duration.ZERO;

  /** Between an answer and the next call; some 1,000 messages/s. */
  private static final Duration MODERATE_RATE = Duration.ofMillis(16);

  private WarmUp() {}

  /**
   * Warms up. Where that fails, the start continues without it.
   *
   * @param most how long it may take
   * @param transport that of the server; null for the best one
   */
  static void run(Duration most, @Nullable Transport transport) throws InterruptedException {
    log.info("warming up for at most {} with messages to a fake WeChat inside this process", most);
    WarmUpRounds rounds = WarmUpRounds.ofThisJvm(most);
    try (Sandbox weChat = Sandbox.start(SandboxOptions.builder().kept(KEPT).build())) {
      ServerSettings settings = settings(weChat, transport);
      long messages =
          send(settings, rounds::nextAtFullSpeed, FULL_SPEED)
              + send(settings, rounds::nextAtModerateRate, MODERATE_RATE);
      log.info("warmed up with {} messages", messages);
    } catch (IOException | ConfigurationException | RuntimeException e) {
      log.warn("the warm-up failed; the first messages take more CPU: {}", e.toString());
    }
  }

  /** Sends rounds of messages to a new server, each on new connections. */
  private static long send(ServerSettings settings, Supplier<Duration> rounds, Duration pause)
      throws IOException, InterruptedException {
    @Nullable Transport transport = settings.transport();
    Duration time = rounds.get();
    if (time.isZero()) {
      return 0;
    }
    EventLoopGroup loops = transport == null ? EventLoops.makeBest() : EventLoops.make(transport);
    long messages = 0;
    try (NotificationServer server = new NotificationServer(settings)) {
      server.start();
      for (; !time.isZero(); time = rounds.get()) {
        messages += new WarmUpCalls(loops, TEMPLATES, time, pause).run(server.grpcPort());
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    return messages;
  }

  private static Map<String, String> examples(SandboxTemplate template) {
    return template.keywords().stream().collect(Collectors.toMap(Keyword::name, Keyword::example));
  }

  private static ServerSettings settings(Sandbox weChat, @Nullable Transport transport)
      throws ConfigurationException {
    Map<String, String> keys = new HashMap<>(SandboxServer.keys(weChat));
    keys.put("wxnotify.grpc.port", "0");
    keys.put("wxnotify.grpc.callers.warm-up.token-sha256", WarmUpCalls.tokenSha256());
    keys.put("wxnotify.monitoring.port", "0");
    keys.put("wxnotify.shutdown.grace", "1s");
    if (transport != null) {
      keys.put("wxnotify.io.transport", transport.label());
    }
    return ConfigLoader.load(null, Map.of(), keys);
  }
}
