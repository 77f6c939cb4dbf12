package dev.wxnotify.sandbox;

/** {@code POST /cgi-bin/clear_quota}: resets the quotas of the token's app. */
final class ClearQuotaEndpoint implements Endpoint {

  private final Access access;
  private final QuotaResets resets;
  private final Answers answers;

  ClearQuotaEndpoint(Access access, QuotaResets resets, Answers answers) {
    this.access = access;
    this.resets = resets;
    this.answers = answers;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = access.enter(call, SandboxEndpoint.CLEAR_QUOTA);
    if (!appId.equals(call.json().path("appid").textValue())) {
      throw new Refused(ErrorTexts.INVALID_APP_ID);
    }
    resets.reset(appId);
    return Answer.of(answers.ok());
  }
}
