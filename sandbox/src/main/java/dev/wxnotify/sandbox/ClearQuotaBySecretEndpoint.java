package dev.wxnotify.sandbox;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /cgi-bin/clear_quota/v2}: the same without a token. WeChat's page lists the fields as
 * a body, its example has them in the query; both are read.
 */
final class ClearQuotaBySecretEndpoint implements Endpoint {

  private final Credentials credentials;
  private final Quotas quotas;
  private final QuotaResets resets;
  private final Answers answers;

  ClearQuotaBySecretEndpoint(
      Credentials credentials, Quotas quotas, QuotaResets resets, Answers answers) {
    this.credentials = credentials;
    this.quotas = quotas;
    this.resets = resets;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId =
        credentials.check(
            Credentials.GRANT_TYPE,
            field(call, "appid"),
            field(call, "appsecret"),
            call.remoteIp());
    quotas.take(appId, SandboxEndpoint.CLEAR_QUOTA_V2);
    resets.reset(appId);
    return Answer.of(answers.ok());
  }

  private static @Nullable String field(Call call, String name) {
    return Optional.ofNullable(call.parameter(name))
        .or(() -> Json.read(call.body()).map(json -> json.path(name).asText()))
        .orElse(null);
  }
}
