package dev.wxnotify.server.testing;

import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.template.TemplateList;
import dev.wxnotify.server.template.TemplateListener;
import dev.wxnotify.server.template.TemplateSource.Unavailable;
import dev.wxnotify.server.token.TokenCache;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Apps whose templates nobody asks for. */
public final class TestApps {
  private TestApps() {}

  /**
   * Creates an app about which WeChat has not said anything yet.
   *
   * @param nanoClock as {@link System#nanoTime}
   * @param timer runs delayed tasks
   */
  public static App app(
      String appId,
      TokenCache tokens,
      SeckillTemplate seckill,
      LongSupplier nanoClock,
      ScheduledExecutorService timer) {
    TemplateList unknown =
        new TemplateList(
            appId,
            () -> CompletableFuture.completedFuture(new Unavailable("nobody asks for templates")),
            false,
            InstantSource.system(),
            nanoClock,
            timer,
            TemplateListener.NONE);
    return new App(appId, tokens, seckill, unknown, nanoClock, timer);
  }
}
