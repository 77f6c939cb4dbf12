package dev.wxnotify.client;

import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls wxnotify. Create one client and keep it: it holds connections, and any number of threads
 * may use it.
 *
 * <pre>{@code
 * NotificationClient client =
 *     NotificationClient.builder("dns:///wxnotify.internal:9090").bearerToken(token).build();
 * }</pre>
 *
 * <p>{@code send} returns only if WeChat accepted the message. Otherwise it throws a {@link
 * SendException} with the outcome:
 *
 * <pre>{@code
 * try {
 *   SendSubscribeMessageResponse accepted =
 *       client.send(
 *           SendSubscribeMessageRequest.newBuilder()
 *               .setMessage(
 *                   SubscribeMessage.newBuilder()
 *                       .setOpenId(openId)
 *                       .setTemplateId(templateId)
 *                       .putData("thing1", "Coffee"))
 *               .setRequestId("order-1001")
 *               .build());
 *   log("WeChat's message id is " + accepted.getMessageId());
 * } catch (SendException e) {
 *   if (e.reason() == ErrorReason.USER_NOT_SUBSCRIBED) {
 *     log("ask the user again in the Mini Program");
 *   } else if (e.retryable()) {
 *     log("retry in " + e.retryAfter().orElse(Duration.ofSeconds(1)));
 *   } else if (e.outcome() == Outcome.OUTCOME_UNKNOWN) {
 *     log("the user may have got it: " + e.getMessage());
 *   } else {
 *     log("not sent: " + e.getMessage());
 *   }
 * }
 * }</pre>
 *
 * <p>{@code sendAsync} does not wait; the future fails with a {@link SendException}, and cancelling
 * it cancels the call:
 *
 * <pre>{@code
 * client
 *     .sendAsync(request)
 *     .whenComplete(
 *         (accepted, failure) -> {
 *           if (failure == null) {
 *             log("WeChat's message id is " + accepted.getMessageId());
 *           } else {
 *             log("not accepted: " + failure.getMessage());
 *           }
 *         });
 * }</pre>
 *
 * <p>For many messages use {@link #batch}, which sends them on one stream.
 *
 * <p>A {@code request_id} makes every call safe to repeat. This library never repeats a single
 * call; without a {@code request_id}, the caller must not either.
 *
 * <p>A deadline or a cancellation of the current {@link io.grpc.Context} applies to these calls
 * too.
 */
public final class NotificationClient implements AutoCloseable {
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final CallOptions options;
  private final Duration deadline;

  NotificationClient(
      Channel channel, @Nullable ManagedChannel owned, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.owned = owned;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Builds a client that opens its own connections and closes them in {@link #close}.
   *
   * @param target {@code host:port}, or any target that gRPC knows, such as {@code
   *     dns:///wxnotify.internal:9090}; calls are spread over all addresses behind it
   */
  public static ClientBuilder builder(String target) {
    return ClientBuilder.forTarget(target);
  }

  /**
   * Builds a client for a list of servers, over which calls are spread. It opens its own
   * connections and closes them in {@link #close}.
   *
   * @param servers {@code host:port} each; at least one
   */
  public static ClientBuilder builder(Iterable<String> servers) {
    return ClientBuilder.forServers(servers);
  }

  /**
   * Builds a client on a channel that the caller creates and closes; {@link #close} leaves it open.
   * The caller also decides how it connects, balances and waits.
   */
  public static ClientBuilder builder(Channel channel) {
    return ClientBuilder.forChannel(channel);
  }

  /**
   * Sends one subscribe message and waits for its outcome, within the default deadline.
   *
   * @throws SendException if WeChat did not accept it, or its outcome is not known
   */
  public SendSubscribeMessageResponse send(SendSubscribeMessageRequest request) {
    return send(request, deadline);
  }

  /**
   * Sends one subscribe message and waits for its outcome.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if WeChat did not accept it, or its outcome is not known
   */
  public SendSubscribeMessageResponse send(SendSubscribeMessageRequest request, Duration deadline) {
    return start(request, deadline).await();
  }

  /**
   * Sends one flash-sale reminder and waits for its outcome, within the default deadline.
   *
   * @throws SendException if WeChat did not accept it, or its outcome is not known
   */
  public SendSeckillMessageResponse send(SendSeckillMessageRequest request) {
    return send(request, deadline);
  }

  /**
   * Sends one flash-sale reminder and waits for its outcome.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if WeChat did not accept it, or its outcome is not known
   */
  public SendSeckillMessageResponse send(SendSeckillMessageRequest request, Duration deadline) {
    return start(request, deadline).await();
  }

  /**
   * Sends one subscribe message, within the default deadline.
   *
   * @return its response, or a {@link SendException}; completed on a gRPC thread, which must not be
   *     blocked
   */
  public CompletableFuture<SendSubscribeMessageResponse> sendAsync(
      SendSubscribeMessageRequest request) {
    return start(request, deadline);
  }

  /**
   * Sends one subscribe message.
   *
   * @param deadline the longest time that the whole call may take
   * @return as {@link #sendAsync(SendSubscribeMessageRequest)}
   */
  public CompletableFuture<SendSubscribeMessageResponse> sendAsync(
      SendSubscribeMessageRequest request, Duration deadline) {
    return start(request, deadline);
  }

  /**
   * Sends one flash-sale reminder, within the default deadline.
   *
   * @return as {@link #sendAsync(SendSubscribeMessageRequest)}
   */
  public CompletableFuture<SendSeckillMessageResponse> sendAsync(
      SendSeckillMessageRequest request) {
    return start(request, deadline);
  }

  /**
   * Sends one flash-sale reminder.
   *
   * @param deadline the longest time that the whole call may take
   * @return as {@link #sendAsync(SendSubscribeMessageRequest)}
   */
  public CompletableFuture<SendSeckillMessageResponse> sendAsync(
      SendSeckillMessageRequest request, Duration deadline) {
    return start(request, deadline);
  }

  /** Begins a batch: any number of messages on one stream, with a result for each. */
  public BatchBuilder batch() {
    return new BatchBuilder(channel, owned, options);
  }

  /** Returns what watches receipts and subscriptions as WeChat reports them. */
  public EventClient events() {
    return new EventClient(channel, owned, options, deadline);
  }

  /** Returns what asks what became of messages. */
  public MessageClient messages() {
    return new MessageClient(channel, options, deadline);
  }

  /** Returns what asks for the subscriptions of users, and reports them. */
  public SubscriptionClient subscriptions() {
    return new SubscriptionClient(channel, options, deadline);
  }

  /** Returns what asks for the templates of an app. */
  public TemplateClient templates() {
    return new TemplateClient(channel, options, deadline);
  }

  /** Returns what gets the access tokens of the server's apps, for callers that may have them. */
  public TokenClient tokens() {
    return new TokenClient(channel, options, deadline);
  }

  /** Returns what tells how one replica is doing, for callers that are operators. */
  public OperationsClient operations() {
    return new OperationsClient(channel, options);
  }

  private UnaryCall<SendSubscribeMessageRequest, SendSubscribeMessageResponse> start(
      SendSubscribeMessageRequest request, Duration deadline) {
    return UnaryCall.start(
        channel,
        NotificationServiceGrpc.getSendSubscribeMessageMethod(),
        options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
        request,
        request.getValidateOnly() || !request.getRequestId().isEmpty());
  }

  private UnaryCall<SendSeckillMessageRequest, SendSeckillMessageResponse> start(
      SendSeckillMessageRequest request, Duration deadline) {
    return UnaryCall.start(
        channel,
        NotificationServiceGrpc.getSendSeckillMessageMethod(),
        options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
        request,
        request.getValidateOnly() || !request.getRequestId().isEmpty());
  }

  /**
   * Closes the connections, if this client opened them. Running calls and batches get up to five
   * seconds to end, and are then cancelled.
   */
  @Override
  public void close() {
    if (owned == null) {
      return;
    }
    owned.shutdown();
    try {
      owned.awaitTermination(LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    owned.shutdownNow();
  }
}
