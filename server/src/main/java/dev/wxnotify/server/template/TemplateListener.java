package dev.wxnotify.server.template;

/**
 * Receives what came of asking for templates, so that it can be counted. It never drives logic.
 *
 * <p>It is called on the threads that receive WeChat's answers: it must be thread-safe and never
 * block. The caller holds no lock. Exceptions are logged and ignored.
 */
@FunctionalInterface
public interface TemplateListener {
  /** Ignores everything. */
  TemplateListener NONE = (appId, answer) -> {};

  /** Receives WeChat's answer for an app. */
  void fetched(String appId, TemplateSource.Answer answer);
}
