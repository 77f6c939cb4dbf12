package dev.wxnotify.sandbox;

/**
 * The rules for the templates of an app that WeChat leaves open.
 *
 * @param jsonAccepted true to read JSON at {@code addtemplate}; false to read a form only, as
 *     WeChat's page of 2024 says and developers report
 * @param tidAsText true to answer {@code getpubtemplatetitles} with the tid as text, as the library
 *     of silenceper reads it; WeChat's page shows a number
 * @param mostPerApp how many templates an app may have; an old page says 25, today's number is not
 *     published
 */
public record TemplateRules(boolean jsonAccepted, boolean tidAsText, int mostPerApp) {

  /** A form only, and 25 templates. */
  public static final TemplateRules DEFAULT = new TemplateRules(false, false, 25);

  /** Rejects a negative limit. */
  public TemplateRules {
    if (mostPerApp < 0) {
      throw new IllegalArgumentException("mostPerApp: " + mostPerApp + " (expected: >= 0)");
    }
  }
}
