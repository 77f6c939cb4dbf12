package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.AppAccount;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.TokenResult;
import dev.wxnotify.v1.ClearQuotaRequest;
import dev.wxnotify.v1.ClearQuotaResponse;
import dev.wxnotify.v1.ExplainErrcodeRequest;
import dev.wxnotify.v1.ExplainErrcodeResponse;
import dev.wxnotify.v1.FailureCount;
import dev.wxnotify.v1.GetQuotaRequest;
import dev.wxnotify.v1.GetQuotaResponse;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.ListRecentFailuresRequest;
import dev.wxnotify.v1.ListRecentFailuresResponse;
import dev.wxnotify.v1.LookUpRidRequest;
import dev.wxnotify.v1.LookUpRidResponse;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.RefreshTokenResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's service of the contract. It shows what the parts know, and blocks nothing. */
final class OperationsGrpcService extends OperationsServiceGrpc.OperationsServiceImplBase {
  private static final Duration REFRESH_RETRY_AFTER = Duration.ofMinutes(6);
  private static final Logger log = LoggerFactory.getLogger(OperationsGrpcService.class);

  private final Apps apps;
  private final ErrcodeExplanations errcodes;
  private final RecentFailures failures;
  private final TokenStatuses statuses;
  private final WaitingAnswers waiting;
  private final AccountCalls account;

  OperationsGrpcService(
      Apps apps,
      ErrcodeExplanations errcodes,
      RecentFailures failures,
      Function<App, AppAccount> accounts,
      InstantSource clock,
      WaitingAnswers waiting) {
    this.apps = apps;
    this.errcodes = errcodes;
    this.failures = failures;
    this.statuses = new TokenStatuses(clock);
    this.waiting = waiting;
    this.account = new AccountCalls(accounts, waiting);
  }

  @Override
  public void getTokenStatus(
      GetTokenStatusRequest request, StreamObserver<GetTokenStatusResponse> responses) {
    if (isUnknown(request.getAppId())) {
      responses.onError(unknownApp());
      return;
    }
    GetTokenStatusResponse.Builder response = GetTokenStatusResponse.newBuilder();
    apps.all().stream()
        .filter(app -> isAskedFor(app.appId(), request.getAppId()))
        .sorted(Comparator.comparing(App::appId))
        .forEach(app -> response.addTokens(statuses.of(app)));
    Protos.answer(response.build(), responses);
  }

  @Override
  public void refreshToken(
      RefreshTokenRequest request, StreamObserver<RefreshTokenResponse> responses) {
    App app = apps.find(request.getAppId());
    if (app == null) {
      responses.onError(unknownApp());
      return;
    }
    String before = app.tokens().status().fingerprint();
    Optional<CompletableFuture<TokenResult>> refresh = app.tokens().refresh();
    if (refresh.isEmpty()) {
      responses.onError(failure(TOO_OFTEN));
      return;
    }
    log.info("app {}: {} requested a token refresh", app.appId(), Caller.current().described());
    waiting.await(
        app,
        refresh.get(),
        responses,
        result -> {
          if (result instanceof NoToken none) {
            responses.onError(failure(TokenFailures.outcome(none)));
          } else {
            TokenStatus now = statuses.of(app);
            Protos.answer(
                RefreshTokenResponse.newBuilder()
                    .setToken(now)
                    .setChanged(!now.getFingerprint().equals(before))
                    .build(),
                responses);
          }
        });
  }

  @Override
  public void lookUpRid(LookUpRidRequest request, StreamObserver<LookUpRidResponse> responses) {
    ofApp(request.getAppId(), responses, app -> account.lookUpRid(app, request, responses));
  }

  @Override
  public void getQuota(GetQuotaRequest request, StreamObserver<GetQuotaResponse> responses) {
    ofApp(request.getAppId(), responses, app -> account.getQuota(app, request, responses));
  }

  @Override
  public void clearQuota(ClearQuotaRequest request, StreamObserver<ClearQuotaResponse> responses) {
    ofApp(request.getAppId(), responses, app -> account.clearQuota(app, request, responses));
  }

  private void ofApp(String appId, StreamObserver<?> responses, Consumer<App> then) {
    App app = apps.find(appId);
    if (app == null) {
      responses.onError(unknownApp());
    } else {
      then.accept(app);
    }
  }

  @Override
  public void explainErrcode(
      ExplainErrcodeRequest request, StreamObserver<ExplainErrcodeResponse> responses) {
    int errcode = request.getErrcode();
    ExplainErrcodeResponse.Builder response =
        ExplainErrcodeResponse.newBuilder().setErrcode(errcode);
    ErrcodeExplanations.Entry entry = errcodes.find(errcode);
    if (errcode == 0) {
      response
          .setKnown(true)
          .setMeaning("Success: WeChat accepted the message.")
          .setAction("Nothing.")
          .setOutcome(Outcome.OUTCOME_ACCEPTED);
    } else if (entry == null) {
      response
          .setMeaning("This server does not know the errcode.")
          .setAction(
              "Look it up in WeChat's global table of return codes; WeChat's own text and rid are in"
                  + " the error and in the log.")
          .setReason(ErrorReason.UNRECOGNIZED_WECHAT_ERROR)
          .setOutcome(Outcome.OUTCOME_REJECTED);
    } else {
      SendError error = SendErrors.of(entry.outcome(), "");
      response
          .setKnown(true)
          .setMeaning(entry.meaning())
          .setAction(entry.action())
          .setReason(error.getReason())
          .setOutcome(error.getOutcome());
    }
    Protos.answer(response.build(), responses);
  }

  @Override
  public void listRecentFailures(
      ListRecentFailuresRequest request, StreamObserver<ListRecentFailuresResponse> responses) {
    if (isUnknown(request.getAppId())) {
      responses.onError(unknownApp());
      return;
    }
    ListRecentFailuresResponse.Builder response =
        ListRecentFailuresResponse.newBuilder().setWindow(Protos.of(RecentFailures.WINDOW));
    failures.counts().stream()
        .filter(count -> isAskedFor(count.appId(), request.getAppId()))
        .sorted(Comparator.comparingLong(RecentFailures.Count::count).reversed())
        .forEach(count -> response.addFailures(proto(count)));
    Protos.answer(response.build(), responses);
  }

  private static boolean isAskedFor(String appId, String askedFor) {
    return askedFor.isEmpty() || askedFor.equals(appId);
  }

  private boolean isUnknown(String askedFor) {
    return !askedFor.isEmpty() && apps.find(askedFor) == null;
  }

  private static Throwable unknownApp() {
    return Statuses.of(
        SendErrors.invalid(List.of(new Violation("app_id", "is not an app of this server"))));
  }

  private static final SendOutcome.NotSent TOO_OFTEN =
      new SendOutcome.NotSent(
          NotSent.Reason.OVERLOADED,
          "operators have used up their token refreshes of this hour",
          null,
          REFRESH_RETRY_AFTER);

  private static Throwable failure(SendOutcome outcome) {
    return Statuses.of(SendErrors.of(outcome, ""));
  }

  private static FailureCount proto(RecentFailures.Count count) {
    FailureCount.Builder proto =
        FailureCount.newBuilder()
            .setAppId(count.appId())
            .setReason(SendErrors.of(count.last(), "").getReason())
            .setCount(count.count())
            .setLastAt(Protos.of(count.lastAt()));
    if (count.error() != null) {
      proto.setLastErrcode(count.error().errcode()).setLastRid(count.error().rid());
    }
    return proto.build();
  }
}
