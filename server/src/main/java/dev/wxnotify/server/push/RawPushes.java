package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.PushRejectedException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Pushes that another system received, and passes on. They are never forwarded: that system has
 * them.
 */
final class RawPushes implements PushIntake {
  private final PushApps apps;
  private final Pushes pushes;

  RawPushes(PushApps apps, Pushes pushes) {
    this.apps = apps;
    this.pushes = pushes;
  }

  @Override
  public CompletionStage<Result> ingest(String appId, Map<String, String> query, byte[] body) {
    PushApp app = apps.withId(appId);
    if (app == null) {
      return CompletableFuture.failedFuture(
          new PushRejectedException("app_id", "is an app without push.token in the configuration"));
    }
    PushQuery parameters = new PushQuery(query);
    try {
      if (body.length == 0 && query.containsKey("echostr")) {
        return CompletableFuture.completedFuture(
            new Result(pushes.verifyUrl(app, parameters), true));
      }
      if (body.length > PushServer.MAX_BODY) {
        throw Refusal.malformedBody("is larger than " + PushServer.MAX_BODY + " bytes");
      }
      return pushes
          .receive(app, parameters, body)
          .thenApply(isOurs -> new Result(PushServer.SUCCESS, isOurs));
    } catch (Refusal e) {
      return CompletableFuture.failedFuture(new PushRejectedException(e.field(), e.rule()));
    }
  }
}
