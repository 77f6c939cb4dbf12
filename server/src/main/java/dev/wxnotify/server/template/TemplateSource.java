package dev.wxnotify.server.template;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Asks WeChat for the templates of one app. */
@FunctionalInterface
public interface TemplateSource {

  /** Asks once. The stage always completes normally, and within a bounded time. */
  CompletionStage<Answer> fetch();

  /** What came of asking. */
  sealed interface Answer {}

  /**
   * All templates of the app.
   *
   * @param templates in WeChat's order; empty if the app has none
   */
  record Fetched(List<Template> templates) implements Answer {
    /** Copies. */
    public Fetched {
      templates = List.copyOf(templates);
    }
  }

  /** No list. */
  sealed interface Failure extends Answer {
    /** Returns what happened, for people; it never holds a secret. */
    String explanation();
  }

  /**
   * WeChat answered and said no.
   *
   * @param errcode WeChat's code
   * @param errmsg WeChat's text, without its rid
   * @param rid WeChat's id of the request; may be empty
   */
  record Refused(int errcode, String errmsg, String rid) implements Failure {
    @Override
    public String explanation() {
      return "WeChat refused to list the templates: "
          + errcode
          + " "
          + errmsg
          + (rid.isEmpty() ? "" : " rid: " + rid);
    }
  }

  /**
   * WeChat could not be asked, or gave no answer that could be read.
   *
   * @param explanation what happened; it never holds a secret
   */
  record Unavailable(String explanation) implements Failure {}
}
