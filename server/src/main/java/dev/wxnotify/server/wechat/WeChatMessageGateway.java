package dev.wxnotify.server.wechat;

import dev.wxnotify.server.delivery.MessageGateway;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.wechat.WeChatEndpoints.Route;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends subscribe messages by {@code POST /cgi-bin/message/subscribe/send} (WeChat: sendMessage).
 */
public final class WeChatMessageGateway implements MessageGateway {
  private static final String PATH = "/cgi-bin/message/subscribe/send";
  private static final int SERVER_ERROR = 500;

  /** More than a server has apps. */
  private static final int MAX_ROUTES = 1024;

  /**
   * {@code argument invalid! data.thing4.value is empty}; older answers cut the text at any place.
   */
  private static final Pattern NAMED_FIELD =
      Pattern.compile("data\\.([A-Za-z_]+\\d*)(?:\\.[a-z]*)?(.*)");

  private final Routes routes;

  /** The way for each token: made once for the many messages that use it. */
  private final Map<AccessToken, Known> known = new ConcurrentHashMap<>();

  /** A way, which is of use while the routes are of the same generation. */
  private record Known(Route route, int generation) {}

  /** Sends the messages of each app to where its calls go. */
  public WeChatMessageGateway(WeChatEndpoints endpoints) {
    this((Routes) endpoints);
  }

  WeChatMessageGateway(Routes routes) {
    this.routes = routes;
  }

  @Override
  public CompletionStage<Answer> send(SubscribeMessage message, AccessToken token, WriteGate gate) {
    return routeFor(token)
        .post(SubscribeMessageJson.write(message), gate::tryPass)
        .thenApply(WeChatMessageGateway::toAnswer);
  }

  /** Returns the target of messages with {@code token}, the same one each time. */
  RequestTarget targetFor(AccessToken token) {
    return routeFor(token).target();
  }

  private Route routeFor(AccessToken token) {
    int now = routes.generation();
    Known before = known.get(token);
    if (before != null && before.generation == now) {
      return before.route;
    }
    Route route = routes.route(PATH, token, null);
    if (known.size() >= MAX_ROUTES) {
      known.clear(); // Most are of tokens that were renewed since.
    }
    known.put(token, new Known(route, now));
    return route;
  }

  private static Answer toAnswer(HttpResult result) {
    if (result instanceof HttpResult.NotWritten not) {
      return new Answer.NotWritten("WeChat could not be reached: " + not.explanation());
    }
    if (result instanceof HttpResult.Broken broken) {
      return new Answer.NoAnswer("no answer from WeChat: " + broken.explanation());
    }
    HttpResult.Answered answered = (HttpResult.Answered) result;
    if (answered.status() >= SERVER_ERROR) {
      return new Answer.NoAnswer("WeChat answered HTTP " + answered.status(), answered.status());
    }
    WeChatAnswer answer = answered.answer();
    if (answer == null) {
      return new Answer.NoAnswer(
          "WeChat answered HTTP " + answered.status() + " with a body that cannot be read",
          answered.status());
    }
    if (answer.errcode() == null) {
      return new Answer.NoAnswer("WeChat's answer has no errcode", answered.status());
    }
    return answer.errcode() == 0
        ? new Answer.Accepted(answer.messageId())
        : classify(answer.toError());
  }

  private static Answer classify(WeChatError error) {
    WeChatErrcode code = WeChatErrcode.of(error.errcode());
    if (code == null) {
      return new Answer.Rejected(Rejected.Reason.UNRECOGNIZED_WECHAT_ERROR, error, List.of());
    }
    return switch (code.meaning()) {
      case TOKEN -> new Answer.TokenRejected(error);
      case BUSY -> new Answer.Busy(rejection(code), error);
      case CREDENTIALS -> new Answer.CredentialsRejected(error);
      case REJECTED ->
          new Answer.Rejected(rejection(code), error, namedField(rejection(code), error));
    };
  }

  private static Rejected.Reason rejection(WeChatErrcode code) {
    Rejected.Reason rejection = code.rejection();
    if (rejection == null) {
      throw new AssertionError(code + " has no rejection");
    }
    return rejection;
  }

  private static List<Violation> namedField(Rejected.Reason rejection, WeChatError error) {
    Matcher matcher = NAMED_FIELD.matcher(error.errmsg());
    if (rejection != Rejected.Reason.INVALID_TEMPLATE_DATA || !matcher.find()) {
      return List.of();
    }
    String rule = matcher.group(2).strip();
    return List.of(
        Violation.ofKeyword(matcher.group(1), "WeChat: " + (rule.isEmpty() ? "invalid" : rule)));
  }
}
