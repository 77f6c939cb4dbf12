package dev.wxnotify.client;

import dev.wxnotify.v1.GetTemplateRequest;
import dev.wxnotify.v1.GetTemplateResponse;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.ListTemplatesResponse;
import dev.wxnotify.v1.TemplateServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Asks for the templates of an app. Get it from {@link NotificationClient#templates}; it uses the
 * client's connections, and any number of threads may use it.
 *
 * <pre>{@code
 * Template template =
 *     client
 *         .templates()
 *         .get(GetTemplateRequest.newBuilder().setTemplateId(templateId).build())
 *         .getTemplate();
 * for (Keyword keyword : template.getKeywordsList()) {
 *   log(keyword.getKey() + " is " + keyword.getLabel());
 * }
 * }</pre>
 *
 * <p>All calls may be repeated: nothing is sent. They fail with a {@link SendException}: {@code
 * NOT_FOUND} where the app has no such template, {@code WECHAT_UNREACHABLE} where the server never
 * received a list of the app.
 */
public final class TemplateClient {
  private final Channel channel;
  private final CallOptions options;
  private final Duration deadline;

  TemplateClient(Channel channel, CallOptions options, Duration deadline) {
    this.channel = channel;
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Lists all templates of an app and waits for them, within the default deadline.
   *
   * @throws SendException if there is no list
   */
  public ListTemplatesResponse list(ListTemplatesRequest request) {
    return list(request, deadline);
  }

  /**
   * Lists all templates of an app and waits for them.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if there is no list
   */
  public ListTemplatesResponse list(ListTemplatesRequest request, Duration deadline) {
    return UnaryCall.start(
            channel, options, TemplateServiceGrpc.getListTemplatesMethod(), request, deadline)
        .await();
  }

  /**
   * Lists all templates of an app, within the default deadline.
   *
   * @return the response, or a {@link SendException}; completed on a gRPC thread, which must not be
   *     blocked. Cancelling it cancels the call
   */
  public CompletableFuture<ListTemplatesResponse> listAsync(ListTemplatesRequest request) {
    return UnaryCall.start(
        channel, options, TemplateServiceGrpc.getListTemplatesMethod(), request, deadline);
  }

  /**
   * Returns one template and waits for it, within the default deadline.
   *
   * @throws SendException if there is no such template, or no list
   */
  public GetTemplateResponse get(GetTemplateRequest request) {
    return get(request, deadline);
  }

  /**
   * Returns one template and waits for it.
   *
   * @param deadline the longest time that the whole call may take
   * @throws SendException if there is no such template, or no list
   */
  public GetTemplateResponse get(GetTemplateRequest request, Duration deadline) {
    return UnaryCall.start(
            channel, options, TemplateServiceGrpc.getGetTemplateMethod(), request, deadline)
        .await();
  }

  /**
   * Returns one template, within the default deadline.
   *
   * @return as {@link #listAsync}
   */
  public CompletableFuture<GetTemplateResponse> getAsync(GetTemplateRequest request) {
    return UnaryCall.start(
        channel, options, TemplateServiceGrpc.getGetTemplateMethod(), request, deadline);
  }
}
