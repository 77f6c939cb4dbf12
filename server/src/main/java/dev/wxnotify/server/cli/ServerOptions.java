package dev.wxnotify.server.cli;

import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which server to call, and how long to wait for it. */
final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "The server to call (default: ${DEFAULT-VALUE}).",
      defaultValue = "127.0.0.1:9090")
  String server = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The deadline of the call in seconds (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  double timeoutSeconds;

  /** Makes one call on a connection of its own. */
  <R> R call(Function<NotificationServiceBlockingStub, R> call) {
    long millis = Math.max(1, Math.round(timeoutSeconds * Duration.ofSeconds(1).toMillis()));
    ManagedChannel channel = NettyChannelBuilder.forTarget(server).usePlaintext().build();
    try {
      return call.apply(
          NotificationServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(millis, TimeUnit.MILLISECONDS));
    } finally {
      channel.shutdownNow();
    }
  }
}
