package dev.wxnotify.server.wechat;

import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenResult;
import dev.wxnotify.server.wechat.WeChatApi.Answered;
import dev.wxnotify.server.wechat.WeChatApi.Result;
import dev.wxnotify.server.wechat.WeChatApi.WithoutToken;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Calls WeChat's other APIs for one app, with its token. A token that WeChat rejects is renewed,
 * and the call is made once more: WeChat did not look at it.
 *
 * <p>If the new token is rejected too, it is not the token that is wrong. Then no token is rejected
 * because of these calls until one of them is answered otherwise: messages need it, and WeChat
 * renews a valid token only 20 times a day.
 */
final class WeChatAppApi {
  private final WeChatApi api;
  private final TokenCache tokens;

  /** Whether the token was rejected again after its last renewal. */
  private volatile boolean renewalFailed;

  WeChatAppApi(WeChatApi api, TokenCache tokens) {
    this.api = api;
    this.tokens = tokens;
  }

  /** Gets, as {@link WeChatApi#get}. */
  CompletionStage<Result> get(String path) {
    return call(token -> api.get(path, token));
  }

  /** Posts, as {@link WeChatApi#post}. */
  CompletionStage<Result> post(String path, byte[] json) {
    return call(token -> api.post(path, json, token));
  }

  private CompletionStage<Result> call(Function<AccessToken, CompletionStage<Result>> call) {
    return tokens
        .acquire()
        .thenCompose(
            acquired ->
                with(
                    acquired,
                    token -> call.apply(token).thenCompose(result -> after(result, token, call))));
  }

  private CompletionStage<Result> after(
      Result first, AccessToken token, Function<AccessToken, CompletionStage<Result>> call) {
    if (!isTokenError(first) || renewalFailed) {
      note(first);
      return CompletableFuture.completedFuture(first);
    }
    tokens.reject(token);
    return tokens
        .acquire()
        .thenCompose(acquired -> with(acquired, call))
        .thenApply(
            second -> {
              note(second);
              return second;
            });
  }

  private void note(Result last) {
    if (last instanceof Answered) {
      renewalFailed = isTokenError(last);
    }
  }

  private static CompletionStage<Result> with(
      TokenResult acquired, Function<AccessToken, CompletionStage<Result>> call) {
    return acquired instanceof AccessToken token
        ? call.apply(token)
        : CompletableFuture.completedFuture(new WithoutToken((NoToken) acquired));
  }

  private static boolean isTokenError(Result result) {
    if (!(result instanceof Answered answered)) {
      return false;
    }
    WeChatErrcode code = WeChatErrcode.of(answered.errcode());
    return code != null && code.meaning() == WeChatErrcode.Meaning.TOKEN;
  }
}
