package dev.wxnotify.client;

import com.google.protobuf.MessageLite;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ClearQuotaResponse;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetQuotaResponse;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.LookUpRidResponse;
import dev.wxnotify.v1.OperationsServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks how one replica is doing, and asks WeChat about an app; for callers that are marked as
 * operators. It is a part of a {@link NotificationClient}, which closes it.
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
    return call(OperationsServiceGrpc.getGetTokenStatusMethod(), request, deadline, true);
  }

  /**
   * Returns what WeChat recorded about one of its requests.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException with NOT_FOUND if WeChat does not know the rid; as {@link #tokenStatus}
   *     else, and if WeChat cannot be asked
   */
  public LookUpRidResponse lookUpRid(LookUpRidRequest request, Duration deadline) {
    return call(OperationsServiceGrpc.getLookUpRidMethod(), request, deadline, true);
  }

  /**
   * Returns the daily quota of one of WeChat's paths.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException as {@link #tokenStatus}, and if WeChat cannot be asked
   */
  public GetQuotaResponse quota(GetQuotaRequest request, Duration deadline) {
    return call(OperationsServiceGrpc.getGetQuotaMethod(), request, deadline, true);
  }

  /**
   * Resets all daily quotas of an app, of which WeChat allows ten a month. Where no answer came, it
   * may have happened.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException with DAILY_QUOTA_EXHAUSTED if the resets of the month are used up; as
   *     {@link #tokenStatus} else, and if WeChat cannot be asked
   */
  public ClearQuotaResponse clearQuota(ClearQuotaRequest request, Duration deadline) {
    return call(OperationsServiceGrpc.getClearQuotaMethod(), request, deadline, false);
  }

  private <Q extends MessageLite, R> R call(
      MethodDescriptor<Q, R> method, Q request, Duration deadline, boolean repeatable) {
    return UnaryCall.start(
            channel,
            method,
            options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
            request,
            repeatable)
        .await();
  }
}
