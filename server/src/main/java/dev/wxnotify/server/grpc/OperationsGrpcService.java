package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.ErrcodeExplanations;
import dev.wxnotify.server.delivery.RecentFailures;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.token.Freshness;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.TokenResult;
import dev.wxnotify.v1.ExplainErrcodeRequest;
import dev.wxnotify.v1.ExplainErrcodeResponse;
import dev.wxnotify.v1.FailureCount;
import dev.wxnotify.v1.GetTokenStatusRequest;
import dev.wxnotify.v1.GetTokenStatusResponse;
import dev.wxnotify.v1.ListRecentFailuresRequest;
import dev.wxnotify.v1.ListRecentFailuresResponse;
import dev.wxnotify.v1.OperationsServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RefreshTokenRequest;
import dev.wxnotify.v1.RefreshTokenResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's service of the contract. It shows what the parts know, and blocks nothing.
 *
 * <p>It is long because one method for each call of the service.
 */
final class OperationsGrpcService extends OperationsServiceGrpc.OperationsServiceImplBase {
  private static final Duration REFRESH_RETRY_AFTER = Duration.ofMinutes(6);
  private static final Logger log = LoggerFactory.getLogger(OperationsGrpcService.class);

  private final Apps apps;
  private final ErrcodeExplanations errcodes;
  private final RecentFailures failures;
  private final InstantSource clock;

  /** What gives up the callers that wait for a token. */
  private final Set<Runnable> refreshing = ConcurrentHashMap.newKeySet();

  private volatile boolean givenUp;

  OperationsGrpcService(
      Apps apps, ErrcodeExplanations errcodes, RecentFailures failures, InstantSource clock) {
    this.apps = apps;
    this.errcodes = errcodes;
    this.failures = failures;
    this.clock = clock;
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
        .forEach(app -> response.addTokens(status(app)));
    answer(response.build(), responses);
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
    CompletableFuture<TokenResult> token = refresh.get();
    Runnable giveUp = () -> token.cancel(false); // The future is this caller's own.
    refreshing.add(giveUp);
    var ignored =
        token.whenComplete(
            (result, cancelled) -> {
              refreshing.remove(giveUp);
              if (cancelled != null) {
                responses.onError(failure(STOPPING));
              } else if (result instanceof NoToken none) {
                responses.onError(failure(TokenFailures.outcome(none)));
              } else {
                TokenStatus now = status(app);
                answer(
                    RefreshTokenResponse.newBuilder()
                        .setToken(now)
                        .setChanged(!now.getFingerprint().equals(before))
                        .build(),
                    responses);
              }
            });
    if (givenUp) {
      giveUp.run(); // It was let in right before that.
    }
  }

  /** Tells whether a call waits for a token. */
  boolean isBusy() {
    return !refreshing.isEmpty();
  }

  /** Answers those who wait for a token, since the server cannot wait any longer. */
  void giveUp() {
    givenUp = true;
    refreshing.forEach(Runnable::run);
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
    answer(response.build(), responses);
  }

  @Override
  public void listRecentFailures(
      ListRecentFailuresRequest request, StreamObserver<ListRecentFailuresResponse> responses) {
    if (isUnknown(request.getAppId())) {
      responses.onError(unknownApp());
      return;
    }
    ListRecentFailuresResponse.Builder response =
        ListRecentFailuresResponse.newBuilder().setWindow(Times.proto(RecentFailures.WINDOW));
    failures.counts().stream()
        .filter(count -> isAskedFor(count.appId(), request.getAppId()))
        .sorted(Comparator.comparingLong(RecentFailures.Count::count).reversed())
        .forEach(count -> response.addFailures(proto(count)));
    answer(response.build(), responses);
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

  private static final SendOutcome.NotSent STOPPING =
      new SendOutcome.NotSent(
          NotSent.Reason.SERVER_STOPPING,
          "the server stopped before WeChat answered its token call");

  private static Throwable failure(SendOutcome outcome) {
    return Statuses.of(SendErrors.of(outcome, ""));
  }

  private TokenStatus status(App app) {
    var token = app.tokens().status();
    Instant now = clock.instant();
    TokenStatus.Builder status =
        TokenStatus.newBuilder()
            .setAppId(app.appId())
            .setCallsLeft(token.callsLeft())
            .setState(state(token))
            .setFingerprint(token.fingerprint());
    if (token.receivedAt() != null && token.expiresAt() != null) {
      status
          .setSource(source(token))
          .setReceivedAt(Times.proto(token.receivedAt()))
          .setAge(Times.proto(Duration.between(token.receivedAt(), now)))
          .setExpiresAt(Times.proto(token.expiresAt()))
          .setExpiresIn(Times.proto(Duration.between(now, token.expiresAt())));
    }
    if (token.trouble() != null) {
      status.setTrouble(token.trouble().explanation());
      if (token.trouble() instanceof IssueResult.Refused refused) {
        status.setTroubleErrcode(refused.errcode());
      }
    }
    if (token.nextTry() != null) {
      status.setNextTryIn(Times.proto(Duration.between(now, token.nextTry())));
    }
    return status.build();
  }

  private static TokenState state(dev.wxnotify.server.token.TokenStatus token) {
    Freshness freshness = token.freshness();
    if (freshness == null) {
      return token.source() == dev.wxnotify.server.token.TokenSource.NONE
          ? TokenState.TOKEN_STATE_NOT_NEEDED
          : TokenState.TOKEN_STATE_NONE;
    }
    return switch (freshness) {
      case FRESH -> TokenState.TOKEN_STATE_FRESH;
      case STALE -> TokenState.TOKEN_STATE_STALE;
      case EXPIRED -> TokenState.TOKEN_STATE_EXPIRED;
    };
  }

  private static TokenSource source(dev.wxnotify.server.token.TokenStatus token) {
    return switch (token.source()) {
      case WECHAT ->
          token.isShared() ? TokenSource.TOKEN_SOURCE_SHARED : TokenSource.TOKEN_SOURCE_WECHAT;
      case URL -> TokenSource.TOKEN_SOURCE_URL;
      case REDIS -> TokenSource.TOKEN_SOURCE_REDIS;
      case CLOUDBASE -> TokenSource.TOKEN_SOURCE_CLOUDBASE;
      case NONE -> TokenSource.TOKEN_SOURCE_UNSPECIFIED;
    };
  }

  private static FailureCount proto(RecentFailures.Count count) {
    FailureCount.Builder proto =
        FailureCount.newBuilder()
            .setAppId(count.appId())
            .setReason(SendErrors.of(count.last(), "").getReason())
            .setCount(count.count())
            .setLastAt(Times.proto(count.lastAt()));
    if (count.error() != null) {
      proto.setLastErrcode(count.error().errcode()).setLastRid(count.error().rid());
    }
    return proto.build();
  }

  private static <R> void answer(R response, StreamObserver<R> responses) {
    responses.onNext(response);
    responses.onCompleted();
  }
}
