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
            .setState(state(token))
            .setFingerprint(token.fingerprint());
    if (token.receivedAt() != null && token.expiresAt() != null) {
      status
          .setSource(source(token))
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
}
