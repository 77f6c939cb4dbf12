package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.Report;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenListener.Request;
import dev.wxnotify.server.token.TokenResult;
import dev.wxnotify.server.token.TokenSource;
import dev.wxnotify.v1.GetAccessTokenRequest;
import dev.wxnotify.v1.GetAccessTokenResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.RejectAccessTokenRequest;
import dev.wxnotify.v1.RejectAccessTokenResponse;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.TokenServiceGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service of the contract that gives access tokens to other systems. It has no token of its
 * own: it waits at the cache of the app as a send does, and shares its renewals and budgets. It
 * blocks nothing. Each call leaves one line in the log with the name of the caller, and never with
 * the token.
 */
final class TokenGrpcService extends TokenServiceGrpc.TokenServiceImplBase {
  /** The errcodes by which WeChat refuses a token. */
  private static final Set<Integer> OF_TOKENS = Set.of(40001, 40014, 42001);

  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{8}");

  private static final NotSent DEADLINE =
      new NotSent(
          NotSent.Reason.DEADLINE_BEFORE_SEND, "the deadline expired before there was a token");

  private static final NotSent CANCELLED =
      new NotSent(NotSent.Reason.CANCELLED, "cancelled before there was a token");

  private static final NotSent STOPPING =
      new NotSent(NotSent.Reason.SERVER_STOPPING, "the server stopped before there was a token");

  private static final Logger log = LoggerFactory.getLogger(TokenGrpcService.class);

  private final Apps apps;
  private final TokenAudit audit;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private final Set<TokenWait> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean givenUp;

  /**
   * Creates the service.
   *
   * @param listener hears who got what
   * @param clock the time of day, by which tokens end
   * @param timer runs delayed tasks
   */
  TokenGrpcService(
      Apps apps, TokenListener listener, InstantSource clock, ScheduledExecutorService timer) {
    this.apps = apps;
    this.audit = new TokenAudit(listener);
    this.clock = clock;
    this.timer = timer;
  }

  @Override
  public void getAccessToken(
      GetAccessTokenRequest request, StreamObserver<GetAccessTokenResponse> responses) {
    Call<GetAccessTokenResponse> call = new Call<>(Request.GET, "", responses);
    App app = call.appOf(request.getAppId(), List.of());
    if (app == null) {
      return;
    }
    if (app.tokens().source() == TokenSource.NONE) {
      call.fail(invalid("app_id", "is an app that needs no token (token.source is none)"));
      return;
    }
    await(call, app, app.tokens().acquire(), this::response);
  }

  private GetAccessTokenResponse response(AccessToken token) {
    Instant now = clock.instant();
    return GetAccessTokenResponse.newBuilder()
        .setAccessToken(token.value())
        .setExpiresAt(Protos.of(token.expiresAt()))
        .setExpiresIn(Protos.of(Duration.between(now, token.expiresAt())))
        .setFingerprint(token.fingerprint())
        .build();
  }

  @Override
  public void rejectAccessToken(
      RejectAccessTokenRequest request, StreamObserver<RejectAccessTokenResponse> responses) {
    Call<RejectAccessTokenResponse> call =
        new Call<>(
            Request.REJECT,
            " (" + shown(request.getFingerprint()) + ", " + request.getWechatErrcode() + ")",
            responses);
    List<Violation> violations = new ArrayList<>();
    if (request.getFingerprint().isEmpty()) {
      violations.add(new Violation("fingerprint", "is required"));
    }
    if (!OF_TOKENS.contains(request.getWechatErrcode())) {
      violations.add(
          new Violation("wechat_errcode", "is not one of a token (expected: 40001, 40014, 42001)"));
    }
    App app = call.appOf(request.getAppId(), violations);
    if (app == null) {
      return;
    }
    Report report = app.tokens().report(request.getFingerprint());
    if (report instanceof Report.TooOften tooOften) {
      call.fail(
          SendErrors.of(
              new NotSent(
                  NotSent.Reason.OVERLOADED,
                  "too many reports of this app's tokens",
                  null,
                  tooOften.retryAfter()),
              ""));
    } else if (report instanceof Report.Renewed renewed) {
      await(call, app, renewed.result(), token -> RejectAccessTokenResponse.getDefaultInstance());
    } else {
      call.answer("another one than now", RejectAccessTokenResponse.getDefaultInstance());
    }
  }

  /** Answers when there is a token, within the caller's deadline. */
  private <R> void await(
      Call<R> call,
      App app,
      CompletableFuture<TokenResult> token,
      Function<AccessToken, R> toResponse) {
    if (token.isDone()) {
      call.end(token.join(), toResponse);
      return;
    }
    TokenWait wait = new TokenWait(token);
    waiting.add(wait);
    app.use().begin(); // So that its cache is not closed before, if the app is removed meanwhile.
    wait.whenOver(
        result -> {
          waiting.remove(wait);
          app.use().end();
          call.end(result, toResponse);
        },
        why -> {
          waiting.remove(wait);
          app.use().end();
          call.fail(SendErrors.of(why, ""));
        });
    call.whenCancelled(() -> wait.giveUp(CANCELLED));
    wait.giveUpAfter(CallTimeout.ofCurrentCall(), DEADLINE, timer);
    if (givenUp) {
      wait.giveUp(STOPPING); // It was let in right before that.
    }
  }

  /** Tells whether a call waits for a token. */
  boolean isBusy() {
    return !waiting.isEmpty();
  }

  /** Ends the calls that wait for a token, since the server cannot wait any longer. */
  void giveUp() {
    givenUp = true;
    waiting.forEach(wait -> wait.giveUp(STOPPING));
  }

  /** What a caller sends may hold anything, even a token that it took for its fingerprint. */
  private static String shown(String fingerprint) {
    return FINGERPRINT.matcher(fingerprint).matches() ? fingerprint : "no fingerprint";
  }

  private static SendError invalid(String field, String rule) {
    return SendErrors.invalid(List.of(new Violation(field, rule)));
  }

  /** One call: answered once, logged and counted. */
  private final class Call<R> {
    private final Caller caller = Caller.current();
    private final Request request;
    private final String detail;
    private final StreamObserver<R> responses;
    private String appId = "";

    Call(Request request, String detail, StreamObserver<R> responses) {
      this.request = request;
      this.detail = detail;
      this.responses = responses;
    }

    /** Returns the app that is asked for; null where the call was answered with an error. */
    @Nullable App appOf(String named, List<Violation> others) {
      App app = apps.find(named);
      if ((app != null || !named.isEmpty()) && !caller.mayUse(app == null ? named : app.appId())) {
        fail(SendErrors.appNotAllowed(named));
        return null;
      }
      List<Violation> violations = new ArrayList<>();
      if (app == null) {
        violations.add(RequestMapper.unknownApp("app_id", named));
      } else {
        appId = app.appId();
      }
      violations.addAll(others);
      if (violations.isEmpty()) {
        return app;
      }
      fail(SendErrors.invalid(violations));
      return null;
    }

    void whenCancelled(Runnable task) {
      ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(task);
    }

    void end(TokenResult result, Function<AccessToken, R> toResponse) {
      if (result instanceof AccessToken token) {
        answer(token.fingerprint(), toResponse.apply(token));
      } else if (result instanceof NoToken none) {
        fail(SendErrors.of(TokenFailures.outcome(none), ""));
      }
    }

    void answer(String fingerprint, R response) {
      told(fingerprint, true);
      try {
        responses.onNext(response);
        responses.onCompleted();
      } catch (RuntimeException fault) { // On a thread that knows of no call.
        log.error("a call failed unexpectedly while it was answered", fault);
        responses.onError(Statuses.of(SendErrors.internal(Outcome.OUTCOME_NOT_SENT)));
      }
    }

    void fail(SendError error) {
      told(error.getReason().name(), false);
      responses.onError(Statuses.of(error));
    }

    private void told(String what, boolean granted) {
      audit.record(request, caller, appId, detail, what, granted);
    }
  }
}
