package dev.wxnotify.client;

import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.OperationsServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks how one replica is doing; for callers that are marked as operators. It is a part of a {@link
 * NotificationClient}, which closes it.
 */
public final class OperationsClient {
  private final Channel channel;
  private final CallOptions options;

  OperationsClient(Channel channel, CallOptions options) {
    this.channel = channel;
    this.options = options;
  }

  /**
   * Returns how the access tokens stand, and never a token itself.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if the caller is not an operator, or the server was not reached
   */
  public GetTokenStatusResponse tokenStatus(GetTokenStatusRequest request, Duration deadline) {
    return UnaryCall.start(
            channel,
            OperationsServiceGrpc.getGetTokenStatusMethod(),
            options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
            request,
            true)
        .await();
  }
}
