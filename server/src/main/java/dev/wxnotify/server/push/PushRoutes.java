package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushListener.Result;
import dev.wxnotify.server.netty.HttpAnswer;
import dev.wxnotify.server.netty.HttpRoutes;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What WeChat calls: {@code /wechat/NAME}. No answer repeats anything of a request but echostr. */
final class PushRoutes implements HttpRoutes {
  static final String PREFIX = "/wechat/";

  private final PushApps apps;
  private final Pushes pushes;
  private final Forwarding forwarding;

  PushRoutes(PushApps apps, Pushes pushes, Forwarding forwarding) {
    this.apps = apps;
    this.pushes = pushes;
    this.forwarding = forwarding;
  }

  @Override
  public @Nullable HttpAnswer answerHead(HttpRequest head) {
    if (app(head) == null) {
      return notFound();
    }
    return head.method().equals(HttpMethod.GET) || head.method().equals(HttpMethod.POST)
        ? null
        : HttpAnswer.notAllowed("GET, POST");
  }

  private @Nullable PushApp app(HttpRequest head) {
    String uri = head.uri();
    int end = uri.indexOf('?');
    String path = end < 0 ? uri : uri.substring(0, end);
    if (!path.startsWith(PREFIX)) {
      return null;
    }
    try {
      String name = path.substring(PREFIX.length()).replace("+", "%2B"); // No blank in a path.
      return apps.named(QueryStringDecoder.decodeComponent(name));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String query(HttpRequest head) {
    int begin = head.uri().indexOf('?');
    return begin < 0 ? "" : head.uri().substring(begin + 1);
  }

  private static HttpAnswer notFound() {
    return HttpAnswer.text(HttpResponseStatus.NOT_FOUND, "not found\n");
  }

  static HttpAnswer success() {
    return HttpAnswer.text(HttpResponseStatus.OK, PushServer.SUCCESS);
  }

  @Override
  public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
    PushApp app = app(head);
    if (app == null) { // The configuration has changed meanwhile.
      return CompletableFuture.completedFuture(notFound());
    }
    try {
      PushQuery query = PushQuery.of(query(head));
      if (head.method().equals(HttpMethod.GET)) {
        String echo = pushes.verifyUrl(app, query);
        return CompletableFuture.completedFuture(HttpAnswer.text(HttpResponseStatus.OK, echo));
      }
      return pushes
          .receive(app, query, body)
          .thenCompose(isOurs -> isOurs ? succeeded() : passOn(app, head, body))
          .exceptionally(fault -> unavailable());
    } catch (Refusal e) {
      return CompletableFuture.completedFuture(refused(e));
    }
  }

  private static CompletionStage<HttpAnswer> succeeded() {
    return CompletableFuture.completedFuture(success());
  }

  private CompletionStage<HttpAnswer> passOn(PushApp app, HttpRequest head, byte[] body) {
    URI to = app.forwardUrl();
    return to == null
        ? succeeded()
        : forwarding.pass(
            app.appId(),
            to,
            query(head),
            head.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
            body);
  }

  /** WeChat pushes again what is not answered with 200. */
  private static HttpAnswer unavailable() {
    return HttpAnswer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "try again\n");
  }

  private static HttpAnswer refused(Refusal refusal) {
    return refusal.result() == Result.MALFORMED
        ? HttpAnswer.text(HttpResponseStatus.BAD_REQUEST, "bad request\n")
        : HttpAnswer.text(HttpResponseStatus.FORBIDDEN, "forbidden\n");
  }
}
