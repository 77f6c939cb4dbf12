package dev.wxnotify.sandbox;

import java.time.Instant;

/** The answer of both token endpoints. It has no errcode if there is a token. */
final class TokenAnswer {

  private TokenAnswer() {}

  static Answer of(IssuedToken token, Instant now) {
    return Answer.of(
        Json.object()
            .put("access_token", token.value())
            .put("expires_in", token.remaining(now).toSeconds()));
  }
}
