package dev.wxnotify.client;

import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.IngestPushResponse;
import dev.wxnotify.v1.WatchEventsRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches what WeChat reports after a send: receipts, and the answers of users to subscription
 * dialogs. Get it from {@link NotificationClient#events}; it uses the client's connections, and any
 * number of threads may use it.
 *
 * <pre>{@code
 * WatchEventsRequest request = WatchEventsRequest.newBuilder().setCursor(lastCursor).build();
 * try (EventWatch watch =
 *     client
 *         .events()
 *         .watch(
 *             request,
 *             event -> {
 *               if (event.hasDelivery()) {
 *                 DeliveryReport report = event.getDelivery();
 *                 log(report.getRequestId() + " " + report.getStatus());
 *               }
 *             })) {
 *   watch.await().ifPresent(why -> log("the watch ended: " + why));
 * }
 * }</pre>
 */
public final class EventClient {
  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final CallOptions options;
  private final Duration deadline;

  EventClient(
      Channel channel, @Nullable ManagedChannel owned, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.owned = owned;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Watches events until the watch is closed. It reconnects and resumes by itself: see {@link
   * EventWatch}.
   *
   * @param request where to begin, and what to watch; without cursor and time, from now on
   * @param listener receives each event; its documentation describes the thread
   */
  public EventWatch watch(WatchEventsRequest request, EventListener listener) {
    return watch(request, listener, WatchLoop.LONGEST_SILENCE);
  }

  EventWatch watch(WatchEventsRequest request, EventListener listener, Duration longestSilence) {
    Objects.requireNonNull(listener, "listener");
    return new EventWatch(
        new WatchLoop(channel, owned, options, request, listener, longestSilence));
  }

  /**
   * Passes on a push of WeChat, and waits until its event is stored, within the default deadline.
   * The caller needs the right {@code push}.
   *
   * @return what WeChat is to be answered
   * @throws SendException if the push is not genuine ({@code INVALID_REQUEST}), or was not stored:
   *     then WeChat must get an HTTP status 503, so that it pushes again
   */
  public IngestPushResponse ingestPush(IngestPushRequest request) {
    return startIngest(request).await();
  }

  /**
   * Passes on a push of WeChat, within the default deadline.
   *
   * @return as {@link #ingestPush}, or a {@link SendException}; completed on a gRPC thread, which
   *     must not be blocked
   */
  public CompletableFuture<IngestPushResponse> ingestPushAsync(IngestPushRequest request) {
    return startIngest(request);
  }

  private UnaryCall<IngestPushRequest, IngestPushResponse> startIngest(IngestPushRequest request) {
    return UnaryCall.start(
        channel,
        EventServiceGrpc.getIngestPushMethod(),
        options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
        request,
        true);
  }
}
