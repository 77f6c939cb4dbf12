package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;

/** {@code POST /cgi-bin/openapi/rid/get}: what was asked and answered under a rid. */
final class RidEndpoint implements Endpoint {

  private static final Duration KEPT = Duration.ofDays(7);

  private final Access access;
  private final RequestLog requests;
  private final Answers answers;
  private final InstantSource clock;

  RidEndpoint(Access access, RequestLog requests, Answers answers, InstantSource clock) {
    this.access = access;
    this.requests = requests;
    this.answers = answers;
    this.clock = clock;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.RID);
    String rid = call.json().path("rid").asText("");
    if (!RequestLog.RID.matcher(rid).matches()) {
      throw new Refused(ManagementErrors.BAD_RID);
    }
    RequestLog.Recorded entry = requests.find(rid);
    if (entry == null) {
      throw new Refused(ManagementErrors.RID_NOT_FOUND);
    }
    if (!appId.equals(entry.appId())) {
      throw new Refused(ManagementErrors.RID_OF_ANOTHER);
    }
    if (entry.time().plus(KEPT).isBefore(clock.instant())) {
      throw new Refused(ManagementErrors.RID_EXPIRED);
    }
    ObjectNode json = answers.ok();
    json.putObject("request")
        .put("invoke_time", entry.time().getEpochSecond())
        .put("cost_in_ms", entry.millis())
        .put("request_url", Masks.query(entry.call().query()))
        .put("request_body", Masks.body(entry.call().body().text()))
        .put(
            "response_body",
            Masks.body(new String(Json.write(entry.answer()), StandardCharsets.UTF_8)))
        .put("client_ip", Masks.ip(entry.call().remoteIp()));
    return Answer.of(json);
  }
}
