package dev.wxnotify.sandbox;

import java.time.InstantSource;

/** {@code GET /cgi-bin/token}: a new token at every call. */
final class ClassicTokenEndpoint implements Endpoint {

  private final Credentials credentials;
  private final Quotas quotas;
  private final Tokens tokens;
  private final Counters counters;
  private final InstantSource clock;

  ClassicTokenEndpoint(
      Credentials credentials,
      Quotas quotas,
      Tokens tokens,
      Counters counters,
      InstantSource clock) {
    this.credentials = credentials;
    this.quotas = quotas;
    this.tokens = tokens;
    this.counters = counters;
    this.clock = clock;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId =
        credentials.check(
            call.parameter("grant_type"),
            call.parameter("appid"),
            call.parameter("secret"),
            call.remoteIp());
    quotas.take(appId, SandboxEndpoint.TOKEN);
    IssuedToken token = tokens.slot(appId, TokenKind.CLASSIC).replace(clock.instant());
    counters.tokenFetched(appId, TokenKind.CLASSIC, false);
    return TokenAnswer.of(token, clock.instant());
  }
}
