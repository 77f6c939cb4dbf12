package dev.wxnotify.client;

import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetMessageResponse;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;

/**
 * Asks what became of messages. Get it from {@link NotificationClient#messages}; it uses the
 * client's connections, and any number of threads may use it.
 *
 * <pre>{@code
 * Message message = client.messages().getByRequestId("order-1001");
 * log(message.getOutcome() + ", " + message.getDeliveryStatus());
 *
 * ListMessagesRequest failed =
 *     ListMessagesRequest.newBuilder()
 *         .setRequestIdPrefix("campaign-7/")
 *         .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_FAILED)
 *         .build();
 * client.messages().listAll(failed).forEachRemaining(each -> log(each.getOpenId()));
 * }</pre>
 *
 * <p>All calls may be repeated: nothing is sent. They fail with a {@link SendException}: {@code
 * NOT_FOUND} where the caller has no such message, {@code JOURNAL_UNAVAILABLE} where the server
 * cannot read its journal.
 */
public final class MessageClient {
  private final Channel channel;
  private final CallOptions options;
  private final Duration deadline;

  MessageClient(Channel channel, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Returns the message with an id of WeChat, within the default deadline.
   *
   * @throws SendException if there is none
   */
  public Message getByMessageId(String messageId) {
    return get(GetMessageRequest.newBuilder().setMessageId(messageId).build()).getMessage();
  }

  /**
   * Returns the newest message with a {@code request_id}, within the default deadline.
   *
   * @throws SendException if there is none
   */
  public Message getByRequestId(String requestId) {
    return get(GetMessageRequest.newBuilder().setRequestId(requestId).build()).getMessage();
  }

  /**
   * Returns one message and waits for it, within the default deadline.
   *
   * @throws SendException if there is none
   */
  public GetMessageResponse get(GetMessageRequest request) {
    return get(request, deadline);
  }

  /**
   * Returns one message and waits for it.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if there is none
   */
  public GetMessageResponse get(GetMessageRequest request, Duration deadline) {
    return UnaryCall.start(
            channel, options, MessageServiceGrpc.getGetMessageMethod(), request, deadline)
        .await();
  }

  /**
   * Returns one message, within the default deadline.
   *
   * @return the response, or a {@link SendException}; completed on a gRPC thread, which must not be
   *     blocked. Cancelling it cancels the call
   */
  public CompletableFuture<GetMessageResponse> getAsync(GetMessageRequest request) {
    return UnaryCall.start(
        channel, options, MessageServiceGrpc.getGetMessageMethod(), request, deadline);
  }

  /**
   * Returns one page of messages, newest first, and waits for it, within the default deadline.
   *
   * @throws SendException if the request is wrong, or the journal cannot be read
   */
  public ListMessagesResponse list(ListMessagesRequest request) {
    return list(request, deadline);
  }

  /**
   * Returns one page of messages, newest first, and waits for it.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException as {@link #list(ListMessagesRequest)}
   */
  public ListMessagesResponse list(ListMessagesRequest request, Duration deadline) {
    return UnaryCall.start(
            channel, options, MessageServiceGrpc.getListMessagesMethod(), request, deadline)
        .await();
  }

  /**
   * Returns one page of messages, within the default deadline.
   *
   * @return as {@link #getAsync}
   */
  public CompletableFuture<ListMessagesResponse> listAsync(ListMessagesRequest request) {
    return UnaryCall.start(
        channel, options, MessageServiceGrpc.getListMessagesMethod(), request, deadline);
  }

  /**
   * Returns all messages, newest first. A page is asked for when the one before it is used up, so
   * that {@code hasNext} may wait for the server, and throw as {@link #list(ListMessagesRequest)}.
   * Messages that come meanwhile are not among them.
   */
  public Iterator<Message> listAll(ListMessagesRequest request) {
    return new MessagePages(this, request);
  }
}
