package dev.wxnotify.sandbox;

/** Who makes a call: the app of its token, or that of the cloud hosting. Counts its quota. */
final class Access {

  private final Tokens tokens;
  private final CloudHosting hosting;
  private final Quotas quotas;

  Access(Tokens tokens, CloudHosting hosting, Quotas quotas) {
    this.tokens = tokens;
    this.hosting = hosting;
    this.quotas = quotas;
  }

  /** Lets a call of {@code endpoint} in; returns its app. */
  String enter(Call call, SandboxEndpoint endpoint) throws Refused {
    String appId = appOf(call);
    quotas.take(appId, endpoint);
    return appId;
  }

  private String appOf(Call call) throws Refused {
    if (call.has(Tokens.PARAMETER)) {
      // A token of the hosting is an unknown one here.
      return tokens.appOf(call);
    }
    if (hosting.concerns(call)) {
      return hosting.appOf(call);
    }
    throw new Refused(ErrorTexts.TOKEN_MISSING);
  }
}
