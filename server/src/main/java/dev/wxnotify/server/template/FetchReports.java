package dev.wxnotify.server.template;

import dev.wxnotify.server.template.TemplateSource.Answer;
import dev.wxnotify.server.template.TemplateSource.Failure;
import dev.wxnotify.server.template.TemplateSource.Fetched;
import dev.wxnotify.server.template.TemplateSource.Refused;
import dev.wxnotify.server.template.TemplateSource.Unavailable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells the log and the listener what came of fetches. What stays as it was is logged once. */
final class FetchReports {
  private static final Logger log = LoggerFactory.getLogger(FetchReports.class);

  private final String appId;
  private final TemplateListener listener;

  FetchReports(String appId, TemplateListener listener) {
    this.appId = appId;
    this.listener = listener;
  }

  /**
   * Reports one answer.
   *
   * @param hadList whether there was a list before
   * @param before why the fetch before failed; null if it did not
   */
  void add(Answer answer, boolean hadList, @Nullable Failure before) {
    try {
      listener.fetched(appId, answer);
    } catch (RuntimeException | Error fault) {
      log.error("a template listener failed", fault);
    }
    if (answer instanceof Fetched fetched) {
      Level level = hadList && before == null ? Level.DEBUG : Level.INFO;
      log.atLevel(level)
          .log("app {}: WeChat listed {} templates", appId, fetched.templates().size());
    } else if (answer instanceof Failure failure && !isSame(failure, before)) {
      log.warn(
          "app {}: {}; {}",
          appId,
          failure.explanation(),
          hadList
              ? "the list that was received last stays in use"
              : "messages are not checked by their templates");
    }
  }

  private static boolean isSame(Failure failure, @Nullable Failure before) {
    return failure instanceof Refused now
        ? before instanceof Refused then && then.errcode() == now.errcode()
        : before instanceof Unavailable;
  }
}
