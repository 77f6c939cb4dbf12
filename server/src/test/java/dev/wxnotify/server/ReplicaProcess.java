package dev.wxnotify.server;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.NotificationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One replica as an operator runs it: {@code serve} in its own process, configured only by the
 * environment.
 */
final class ReplicaProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile(" ready: gRPC on 127\\.0\\.0\\.1:(\\d+),");
  private static final Pattern PUSHES = Pattern.compile(", pushes on 127\\.0\\.0\\.1:(\\d+)");

  private final WxnotifyProcess process;
  private int port;
  private @Nullable ManagedChannel channel;

  private ReplicaProcess(WxnotifyProcess process) {
    this.process = process;
  }

  /** Starts a process without waiting for it. */
  static ReplicaProcess launch(Map<String, String> environment) throws IOException {
    return new ReplicaProcess(WxnotifyProcess.start(environment, "serve"));
  }

  /** Returns when it reports that it is ready. */
  void awaitReady() throws InterruptedException {
    String line = process.awaitErr(" ready: ");
    Matcher ready = READY.matcher(line);
    if (!ready.find()) {
      throw new AssertionError("no port in: " + line);
    }
    port = Integer.parseInt(ready.group(1));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /** Returns its gRPC port, once it is ready. */
  int port() {
    return port;
  }

  /** Returns its port for WeChat's pushes, once it is ready. */
  int pushPort() throws InterruptedException {
    Matcher pushes = PUSHES.matcher(process.awaitErr(" ready: "));
    if (!pushes.find()) {
      throw new AssertionError("no port of pushes");
    }
    return Integer.parseInt(pushes.group(1));
  }

  /** Returns when {@code text} has appeared in this many lines. */
  void awaitLog(String text, int lines) throws Exception {
    Await.until(
        "\"" + text + "\" in " + lines + " line(s)",
        () -> log().lines().filter(line -> line.contains(text)).count() >= lines);
  }

  /** Returns everything that it has written so far. */
  String log() {
    return process.out() + process.err();
  }

  /** Returns a stub without a deadline: the server's default applies. */
  NotificationServiceGrpc.NotificationServiceFutureStub future() {
    return NotificationServiceGrpc.newFutureStub(channel());
  }

  /** Returns a stub without a deadline: the server's default applies. */
  NotificationServiceGrpc.NotificationServiceBlockingStub blocking() {
    return NotificationServiceGrpc.newBlockingStub(channel());
  }

  /** Returns its channel, once it is ready. */
  ManagedChannel channel() {
    ManagedChannel open = channel;
    if (open == null) {
      throw new IllegalStateException("not ready yet");
    }
    return open;
  }

  /** SIGKILL: it ends in the middle of its work. Returns when it has ended. */
  void kill() throws InterruptedException {
    process.kill();
    process.exitCode();
  }

  /** SIGTERM: it stops gracefully. Returns its exit code. */
  int terminate() throws InterruptedException {
    process.terminate();
    return process.exitCode();
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    process.close();
  }
}
