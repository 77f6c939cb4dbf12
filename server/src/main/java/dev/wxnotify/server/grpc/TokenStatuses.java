package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.token.Freshness;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.v1.TokenSource;
import dev.wxnotify.v1.TokenState;
import dev.wxnotify.v1.TokenStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Says how the token of an app is doing. */
final class TokenStatuses {
  private final InstantSource clock;

  TokenStatuses(InstantSource clock) {
    this.clock = clock;
  }

  TokenStatus of(App app) {
    var token = app.tokens().status();
    Instant now = clock.instant();
    TokenStatus.Builder status =
        TokenStatus.newBuilder()
            .setAppId(app.appId())
            .setCallsLeft(token.callsLeft())
            .setState(state(token.freshness()))
            .setFingerprint(token.fingerprint());
    if (token.receivedAt() != null && token.expiresAt() != null) {
      status
          .setSource(
              token.isShared() ? TokenSource.TOKEN_SOURCE_SHARED : TokenSource.TOKEN_SOURCE_WECHAT)
          .setReceivedAt(Protos.of(token.receivedAt()))
          .setAge(Protos.of(Duration.between(token.receivedAt(), now)))
          .setExpiresAt(Protos.of(token.expiresAt()))
          .setExpiresIn(Protos.of(Duration.between(now, token.expiresAt())));
    }
    if (token.trouble() != null) {
      status.setTrouble(token.trouble().explanation());
      if (token.trouble() instanceof IssueResult.Refused refused) {
        status.setTroubleErrcode(refused.errcode());
      }
    }
    if (token.nextTry() != null) {
      status.setNextTryIn(Protos.of(Duration.between(now, token.nextTry())));
    }
    return status.build();
  }

  private static TokenState state(@Nullable Freshness freshness) {
    if (freshness == null) {
      return TokenState.TOKEN_STATE_NONE;
    }
    return switch (freshness) {
      case FRESH -> TokenState.TOKEN_STATE_FRESH;
      case STALE -> TokenState.TOKEN_STATE_STALE;
      case EXPIRED -> TokenState.TOKEN_STATE_EXPIRED;
    };
  }
}
