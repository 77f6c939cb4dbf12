package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.AppAccount;
import dev.wxnotify.server.delivery.AppAccount.Answer;
import dev.wxnotify.server.delivery.AppAccount.QuotasCleared;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ClearQuotaResponse;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetQuotaResponse;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.LookUpRidResponse;
import dev.wxnotify.v1.SendError;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls of the operator's service that ask WeChat about an app's account. */
final class AccountCalls {
  private static final String SEND_PATH = "/cgi-bin/message/subscribe/send";
  private static final int MAX_RID = 128;
  private static final int MAX_PATH = 256;
  private static final Logger log = LoggerFactory.getLogger(AccountCalls.class);

  private final Function<App, AppAccount> accounts;
  private final WaitingAnswers waiting;

  AccountCalls(Function<App, AppAccount> accounts, WaitingAnswers waiting) {
    this.accounts = accounts;
    this.waiting = waiting;
  }

  void lookUpRid(App app, LookUpRidRequest request, StreamObserver<LookUpRidResponse> responses) {
    String rid = request.getRid();
    String wrong = rid.isEmpty() ? "is required" : tooLong(rid, MAX_RID);
    if (wrong != null) {
      refuse("rid", wrong, responses);
      return;
    }
    ask(
        app,
        accounts.apply(app).lookUp(rid),
        responses,
        SendErrors::unknownRid,
        call -> Protos.answer(proto(call), responses));
  }

  void getQuota(App app, GetQuotaRequest request, StreamObserver<GetQuotaResponse> responses) {
    String path = request.getCgiPath().isEmpty() ? SEND_PATH : request.getCgiPath();
    String wrong = wrongPath(path);
    if (wrong != null) {
      refuse("cgi_path", wrong, responses);
      return;
    }
    ask(
        app,
        accounts.apply(app).quota(path),
        responses,
        SendErrors::unknownPath,
        quota -> Protos.answer(proto(quota), responses));
  }

  void clearQuota(
      App app, ClearQuotaRequest request, StreamObserver<ClearQuotaResponse> responses) {
    if (!request.getConfirmAppId().equals(app.appId())) {
      refuse(
          "confirm_app_id",
          request.getConfirmAppId().isEmpty() ? "is required" : "is not the AppID of the app",
          responses);
      return;
    }
    String operator = Caller.current().described();
    log.info("app {}: {} asked WeChat to clear the daily quotas", app.appId(), operator);
    // The operator may go away; the reset counts all the same.
    CompletionStage<Answer<QuotasCleared>> cleared =
        accounts
            .apply(app)
            .clearQuotas()
            .thenApply(
                answer -> {
                  if (answer instanceof AppAccount.Given<?>) {
                    app.quota().cleared();
                    log.info(
                        "app {}: WeChat cleared the daily quotas for {}", app.appId(), operator);
                  }
                  return answer;
                });
    ask(
        app,
        cleared,
        responses,
        SendErrors::unknownPath,
        yes -> Protos.answer(ClearQuotaResponse.getDefaultInstance(), responses));
  }

  private <T> void ask(
      App app,
      CompletionStage<Answer<T>> asked,
      StreamObserver<?> responses,
      Function<WeChatError, SendError> unknown,
      Consumer<T> then) {
    waiting.await(
        app,
        asked.toCompletableFuture().copy(),
        responses,
        answer -> {
          if (answer instanceof AppAccount.Given<T> given) {
            then.accept(given.value());
          } else {
            responses.onError(Statuses.of(error(answer, unknown)));
          }
        });
  }

  private static <T> SendError error(Answer<T> answer, Function<WeChatError, SendError> unknown) {
    if (answer instanceof AppAccount.Unknown<T> nothing) {
      return unknown.apply(nothing.error());
    }
    if (answer instanceof AppAccount.WithoutToken<T> none) {
      return SendErrors.of(TokenFailures.outcome(none.why()), "");
    }
    return SendErrors.ofCall(((AppAccount.Failed<T>) answer).outcome());
  }

  private static @Nullable String wrongPath(String path) {
    if (!path.startsWith("/")) {
      return "begins with no slash: it is the path alone, without the host";
    }
    return path.indexOf('?') >= 0 ? "has a query" : tooLong(path, MAX_PATH);
  }

  private static @Nullable String tooLong(String text, int most) {
    int length = text.codePointCount(0, text.length());
    return length > most ? "has " + length + " characters (at most " + most + ")" : null;
  }

  private static void refuse(String field, String wrong, StreamObserver<?> responses) {
    responses.onError(Statuses.of(SendErrors.invalid(List.of(new Violation(field, wrong)))));
  }

  private static LookUpRidResponse proto(AppAccount.RecordedCall call) {
    LookUpRidResponse.Builder proto =
        LookUpRidResponse.newBuilder()
            .setRequestUrl(call.query())
            .setRequestBody(call.requestBody())
            .setResponseBody(call.responseBody())
            .setClientIp(call.clientIp());
    if (call.invokedAt() != null) {
      proto.setInvokeTime(Protos.of(call.invokedAt()));
    }
    if (call.cost() != null) {
      proto.setCost(Protos.of(call.cost()));
    }
    return proto.build();
  }

  private static GetQuotaResponse proto(AppAccount.CallQuota quota) {
    GetQuotaResponse.Builder proto =
        GetQuotaResponse.newBuilder()
            .setDailyLimit(quota.perDay())
            .setUsed(quota.used())
            .setRemain(quota.left());
    if (quota.rate() != null) {
      proto.setRateLimitCalls(quota.rate());
    }
    if (quota.period() != null) {
      proto.setRateLimitPeriod(Protos.of(quota.period()));
    }
    return proto.build();
  }
}
