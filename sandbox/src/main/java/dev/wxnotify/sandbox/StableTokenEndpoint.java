package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;

/**
 * {@code POST /cgi-bin/stable_token}: the same token until its last minutes or a forced refresh.
 */
final class StableTokenEndpoint implements Endpoint {

  private final Credentials credentials;
  private final Quotas quotas;
  private final Tokens tokens;
  private final Counters counters;
  private final InstantSource clock;

  StableTokenEndpoint(
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
    if (call.isForm() && !call.body().isEmpty()) {
      // The answer that developers got for a form: WeChat does not read its fields.
      throw new Refused(ErrorTexts.APP_ID_MISSING);
    }
    ObjectNode json = call.json();
    String appId =
        credentials.check(
            json.path("grant_type").textValue(),
            json.path("appid").textValue(),
            json.path("secret").textValue(),
            call.remoteIp());
    quotas.take(appId, SandboxEndpoint.STABLE_TOKEN);
    boolean forced = json.path("force_refresh").asBoolean(false);
    counters.tokenFetched(appId, TokenKind.STABLE, forced);
    TokenSlot slot = tokens.slot(appId, TokenKind.STABLE);
    Instant now = clock.instant();
    return TokenAnswer.of(forced ? slot.force(now) : slot.get(now), now);
  }
}
