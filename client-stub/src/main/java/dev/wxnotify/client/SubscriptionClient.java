package dev.wxnotify.client;

import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.GetSubscriptionsResponse;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.ReportSubscriptionsResponse;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Asks what is known of users' subscriptions, and reports what a Mini Program learned of them. Get
 * it from {@link NotificationClient#subscriptions}; it uses the client's connections, and any
 * number of threads may use it.
 *
 * <pre>{@code
 * client
 *     .subscriptions()
 *     .report(
 *         ReportSubscriptionsRequest.newBuilder()
 *             .setOpenId(openId)
 *             .setReportId(reportId)
 *             .putAllResults(resultsOfWxRequestSubscribeMessage)
 *             .build());
 * for (Subscription each :
 *     client
 *         .subscriptions()
 *         .get(GetSubscriptionsRequest.newBuilder().setOpenId(openId).build())
 *         .getSubscriptionsList()) {
 *   log(each.getTemplateId() + " " + each.getState());
 * }
 * }</pre>
 *
 * <p>All calls may be repeated: a report with the same {@code report_id} changes nothing. They fail
 * with a {@link SendException}.
 */
public final class SubscriptionClient {
  private final Channel channel;
  private final CallOptions options;
  private final Duration deadline;

  SubscriptionClient(Channel channel, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Returns the subscriptions of one user and waits for them, within the default deadline.
   *
   * @throws SendException if the request is wrong, or the journal cannot be read
   */
  public GetSubscriptionsResponse get(GetSubscriptionsRequest request) {
    return get(request, deadline);
  }

  /**
   * Returns the subscriptions of one user and waits for them.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException as {@link #get(GetSubscriptionsRequest)}
   */
  public GetSubscriptionsResponse get(GetSubscriptionsRequest request, Duration deadline) {
    return UnaryCall.start(
            channel,
            options,
            SubscriptionServiceGrpc.getGetSubscriptionsMethod(),
            request,
            deadline)
        .await();
  }

  /**
   * Returns the subscriptions of one user, within the default deadline.
   *
   * @return the response, or a {@link SendException}; completed on a gRPC thread, which must not be
   *     blocked. Cancelling it cancels the call
   */
  public CompletableFuture<GetSubscriptionsResponse> getAsync(GetSubscriptionsRequest request) {
    return UnaryCall.start(
        channel, options, SubscriptionServiceGrpc.getGetSubscriptionsMethod(), request, deadline);
  }

  /**
   * Reports the answers of one user and waits until they are stored, within the default deadline.
   *
   * @throws SendException if the request is wrong, or the report was not stored
   */
  public ReportSubscriptionsResponse report(ReportSubscriptionsRequest request) {
    return report(request, deadline);
  }

  /**
   * Reports the answers of one user and waits until they are stored.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException as {@link #report(ReportSubscriptionsRequest)}
   */
  public ReportSubscriptionsResponse report(ReportSubscriptionsRequest request, Duration deadline) {
    return UnaryCall.start(
            channel,
            options,
            SubscriptionServiceGrpc.getReportSubscriptionsMethod(),
            request,
            deadline)
        .await();
  }

  /**
   * Reports the answers of one user, within the default deadline.
   *
   * @return as {@link #getAsync}
   */
  public CompletableFuture<ReportSubscriptionsResponse> reportAsync(
      ReportSubscriptionsRequest request) {
    return UnaryCall.start(
        channel,
        options,
        SubscriptionServiceGrpc.getReportSubscriptionsMethod(),
        request,
        deadline);
  }
}
