package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.Map;

/** {@code POST /cgi-bin/clear_quota}: resets the quotas of an app, ten times a month. */
final class ClearQuotaEndpoint implements Endpoint {

  private static final int PER_MONTH = 10;

  private record Key(String appId, YearMonth month) {}

  private final Tokens tokens;
  private final Quotas quotas;
  private final Answers answers;
  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<Key, Integer> cleared = new HashMap<>();

  ClearQuotaEndpoint(Tokens tokens, Quotas quotas, Answers answers, InstantSource clock) {
    this.tokens = tokens;
    this.quotas = quotas;
    this.answers = answers;
    this.clock = clock;
  }

  @Override
  public Answer answer(Call call) throws Refused {
    String appId = tokens.appOf(call);
    if (!appId.equals(call.json().path("appid").textValue())) {
      throw new Refused(ErrorTexts.INVALID_APP_ID);
    }
    takeTurn(new Key(appId, BeijingTime.month(clock.instant())));
    quotas.clear(appId);
    return Answer.of(answers.ok());
  }

  private synchronized void takeTurn(Key key) throws Refused {
    if (cleared.merge(key, 1, Integer::sum) > PER_MONTH) {
      throw new Refused(ErrorTexts.CLEARED_TOO_OFTEN);
    }
  }
}
