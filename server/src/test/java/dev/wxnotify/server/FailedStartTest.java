package dev.wxnotify.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.ConfigurationException;
import dev.wxnotify.server.config.ServerSettings;
import dev.wxnotify.server.grpc.CallerSettings;
import dev.wxnotify.server.grpc.GrpcServer;
import dev.wxnotify.server.redis.RedisLink;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestCallers;
import dev.wxnotify.server.tracing.TracingSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A server inside another process leaves nothing behind if a step of its start fails. */
class FailedStartTest {
  /** More than what other tests in this JVM may open meanwhile. */
  private static final int STARTS = 10;

  /** How often in a row the start may be ahead of the thread that interrupts it. */
  private static final int MOST_LATE = 5;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @Test
  void grpcPort_taken_leavesNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertLeavesNothing(
          IOException.class,
          () -> start(settings(Map.of("wxnotify.grpc.port", port(taken))), Map.of()));
    }
  }

  @Test
  void grpcPort_takenBesideRedisAndTraces_leavesNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket noRedis = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> keys =
          Map.of(
              "wxnotify.grpc.port",
              port(taken),
              "wxnotify.redis.url",
              "redis://127.0.0.1:" + port(noRedis));
      Map<String, String> traces =
          Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port(noRedis));
      assertLeavesNothing(IOException.class, () -> start(settings(keys), traces));
    }
  }

  @Test
  void monitoringPort_taken_leavesNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertLeavesNothing(
          IOException.class,
          () -> start(settings(Map.of("wxnotify.monitoring.port", port(taken))), Map.of()));
    }
  }

  @Test
  void traces_thatAreWrong_leaveNothing() throws Exception {
    Map<String, String> traces =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1",
            "OTEL_BSP_SCHEDULE_DELAY", "soon");
    assertLeavesNothing(IllegalArgumentException.class, () -> start(settings(Map.of()), traces));
  }

  @Test
  void redis_thatIsWrong_leavesNothing() throws Exception {
    RedisLink.Settings redis =
        new RedisLink.Settings(
            "redis://:1:2", null, "x:", Duration.ofSeconds(1), Duration.ofSeconds(1), null);
    assertLeavesNothing(
        IllegalArgumentException.class,
        () -> {
          ServerSettings good = settings(Map.of());
          start(
              new ServerSettings(
                  good.grpc(),
                  good.tlsFiles(),
                  good.monitoringAddress(),
                  good.maxInFlight(),
                  good.weChat(),
                  good.proxyPasswordFile(),
                  good.tokenEndpoint(),
                  good.tokenCallsPerHour(),
                  good.apps(),
                  good.push(),
                  good.checksTemplates(),
                  good.ledgerEntries(),
                  redis,
                  good.journal(),
                  good.transport(),
                  good.warmUp(),
                  good.grace(),
                  good.log(),
                  good.console()),
              Map.of());
        });
  }

  @Test
  void callers_thatAreWrong_leaveNothing() throws Exception {
    CallerSettings wrong = TestCallers.caller("crm", List.of("00"), null, null, null, false);
    assertLeavesNothing(
        IllegalArgumentException.class,
        () -> {
          ServerSettings good = settings(Map.of());
          GrpcServer.Settings grpc =
              new GrpcServer.Settings(
                  good.grpc().address(),
                  true,
                  null,
                  List.of(wrong),
                  false,
                  good.grpc().connections());
          start(withGrpc(good, grpc, good.monitoringAddress()), Map.of());
        });
  }

  @Test
  void address_thatIsNone_leavesNothing() throws Exception {
    assertLeavesNothing(
        Exception.class,
        () -> {
          ServerSettings good = settings(Map.of());
          GrpcServer.Settings grpc =
              new GrpcServer.Settings(
                  InetSocketAddress.createUnresolved("nowhere.invalid", 1),
                  true,
                  null,
                  List.of(),
                  true,
                  good.grpc().connections());
          start(withGrpc(good, grpc, good.monitoringAddress()), Map.of());
        });
  }

  @Test
  void threadThatStarts_interrupted_leavesNothing() throws Exception {
    assertLeavesNothing(InterruptedException.class, FailedStartTest::startInterruptedAtRedis);
  }

  private static void startInterruptedAtRedis() throws Exception {
    boolean isLate = true;
    for (int i = 0; isLate && i < MOST_LATE; i++) {
      isLate = startInterruptedAtRedisUnlessLate();
    }
  }

  /**
   * Starts, and interrupts the start while it waits for Redis. That wait is short: where it is over
   * before the other thread comes to interrupt, as the start's log tells, the start goes on. Each
   * start has a Redis of its own: a later attempt of an earlier start connects nowhere.
   *
   * @return whether it was too late to interrupt
   */
  private static boolean startInterruptedAtRedisUnlessLate() throws Exception {
    try (LogCapture log = LogCapture.open();
        ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      ServerSettings settings =
          settings(Map.of("wxnotify.redis.url", "redis://127.0.0.1:" + port(silent)));
      Thread starting = Thread.currentThread();
      AtomicBoolean isLate = new AtomicBoolean();
      FutureTask<Socket> accepting =
          new FutureTask<>(
              () -> {
                Socket accepted = silent.accept(); // Now the start waits for Redis.
                isLate.set(!log.lines(Level.WARN, "redis: no answer within ").isEmpty());
                if (!isLate.get()) {
                  starting.interrupt();
                }
                return accepted;
              });
      new Thread(accepting).start();
      try {
        start(settings, Map.of());
      } finally {
        accepting.get().close();
      }
      return isLate.get();
    }
  }

  /**
   * Starts once to load what the JVM loads only once, and then several times. So a leak of every
   * start shows, and is not confused with what other tests in this JVM left, open or close.
   */
  private static void assertLeavesNothing(
      Class<? extends Exception> expected, ThrowingCallable start) throws Exception {
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    assertThatThrownBy(start).isInstanceOf(expected);
    Await.until("the first one is gone", () -> ours(others).isEmpty());
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    List<String> open = descriptors();
    List<String> added = new ArrayList<>();

    for (int i = 0; i < STARTS; i++) {
      assertThatThrownBy(start).isInstanceOf(expected);
    }

    Set<String> left = new HashSet<>();
    Await.until(
        () -> "threads are left: " + left,
        () -> {
          left.clear();
          left.addAll(ours(before));
          return left.isEmpty();
        });
    Await.until(
        () -> "each start leaves a descriptor open: " + added,
        () -> {
          System.gc(); // The JDK's HTTP client, which exports traces, ends when collected.
          added.clear();
          added.addAll(descriptors());
          boolean more = added.size() >= open.size() + STARTS;
          added.removeAll(open);
          return !more;
        });
    assertThat(left).isEmpty();
  }

  /** The live threads that a server or its libraries create. */
  private static Set<String> ours(Set<Thread> others) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !others.contains(thread) && thread.isAlive())
        .map(Thread::getName)
        .filter(
            name ->
                Stream.of("wxnotify", "grpc-", "lettuce", "wechat", "AsyncHttp", "BatchSpan")
                    .anyMatch(name::startsWith))
        .collect(Collectors.toSet());
  }

  /** Returns what is open, except files: jars are opened when one of their classes is loaded. */
  private static List<String> descriptors() throws IOException {
    List<String> targets = new ArrayList<>();
    if (Files.isDirectory(DESCRIPTORS)) {
      try (DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
        for (Path descriptor : open) {
          try {
            targets.add(Files.readSymbolicLink(descriptor).toString());
          } catch (NoSuchFileException e) {
            // It was closed in the meantime.
          }
        }
      }
    }
    targets.removeIf(target -> target.startsWith("/"));
    return targets;
  }

  private static ServerSettings withGrpc(
      ServerSettings good, GrpcServer.Settings grpc, InetSocketAddress monitoring) {
    return new ServerSettings(
        grpc,
        null,
        monitoring,
        good.maxInFlight(),
        good.weChat(),
        good.proxyPasswordFile(),
        good.tokenEndpoint(),
        good.tokenCallsPerHour(),
        good.apps(),
        good.push(),
        good.checksTemplates(),
        good.ledgerEntries(),
        good.redis(),
        good.journal(),
        good.transport(),
        good.warmUp(),
        good.grace(),
        good.log(),
        good.console());
  }

  private static void start(ServerSettings settings, Map<String, String> traces)
      throws IOException, InterruptedException {
    NotificationServer server = new NotificationServer(settings, TracingSettings.of(traces));
    server.start();
    server.close();
  }

  private static ServerSettings settings(Map<String, String> keys) throws ConfigurationException {
    Map<String, String> all = new HashMap<>();
    all.put("wxnotify.grpc.port", "0");
    all.put("wxnotify.monitoring.port", "0");
    all.put("wxnotify.io.transport", Objects.requireNonNull(RunningServer.TRANSPORT));
    all.put("wxnotify.wechat.base-url", "http://127.0.0.1:1");
    all.put("wxnotify.apps.shop.app-id", "wx-shop");
    all.put("wxnotify.apps.shop.app-secret", "s3cr3t");
    all.putAll(keys);
    return ConfigLoader.load(null, Map.of(), all);
  }

  private static String port(ServerSocket socket) {
    return String.valueOf(socket.getLocalPort());
  }
}
