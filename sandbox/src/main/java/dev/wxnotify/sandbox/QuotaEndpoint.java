package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** {@code POST /cgi-bin/openapi/quota/get}: what is used and left of a quota. */
final class QuotaEndpoint implements Endpoint {

  private static final int REFRESH_SECOND = 60;

  private final Access access;
  private final Quotas quotas;
  private final Answers answers;

  QuotaEndpoint(Access access, Quotas quotas, Answers answers) {
    this.access = access;
    this.quotas = quotas;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.QUOTA);
    String path = call.json().path("cgi_path").asText("");
    if (path.startsWith("/sns/")) {
      throw new Refused(ManagementErrors.FORBIDDEN_CGI_PATH);
    }
    Optional<SandboxEndpoint> endpoint = SandboxEndpoint.byPath(path);
    if (endpoint.isEmpty()) {
      throw new Refused(ErrorTexts.UNKNOWN_CGI_PATH);
    }
    Quota quota = quotas.quota(endpoint.get());
    long used = quotas.usedInDay(appId, endpoint.get());
    ObjectNode json = answers.ok();
    json.putObject("quota")
        .put("daily_limit", quota.perDay())
        .put("used", used)
        .put("remain", Math.max(0, quota.perDay() - used));
    if (quota.perMinute() > 0) {
      json.putObject("rate_limit")
          .put("call_count", quota.perMinute())
          .put("refresh_second", REFRESH_SECOND);
    }
    return Answer.of(json);
  }
}
