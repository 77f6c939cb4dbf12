package dev.wxnotify.web;

import java.time.Duration;
import java.util.Map;

/**
 * The switches of language and colours: {@code POST /preferences} with {@code lang} or {@code
 * scheme}, and {@code back}. It sets a cookie, and sends the browser back to the page. As a POST,
 * it is refused by {@link OriginCheck} if a page of another origin sends it.
 */
public final class PreferencesForm {
  /** The path of the form. */
  public static final String PATH = "/preferences";

  private static final int MAX_BACK = 2000;

  /** Creates the form. */
  public PreferencesForm() {}

  /** The answer to a request of {@link #PATH}. */
  public PageAnswer.Whole answer(PageRequest request) {
    if (!request.method().equals("POST")) {
      return PageAnswer.text(405, "Only POST is possible here.").with("Allow", "POST");
    }
    Map<String, String> form = request.form();
    PageAnswer.Whole answer = PageAnswer.seeOther(back(form.getOrDefault("back", "/")));
    Language language = Preferences.language(form.get(Preferences.LANGUAGE));
    if (language != null) {
      return answer.with("Set-Cookie", cookie(Preferences.LANGUAGE, language.tag()));
    }
    Scheme scheme = Preferences.scheme(form.get(Preferences.SCHEME));
    if (scheme != null) {
      return answer.with("Set-Cookie", cookie(Preferences.SCHEME, scheme.tag()));
    }
    return PageAnswer.text(400, "lang must be en or zh-CN, or scheme auto, light or dark.");
  }

  private static String cookie(String name, String value) {
    return name
        + "="
        + value
        + "; Path=/; Max-Age="
        + Duration.ofDays(365).toSeconds()
        + "; SameSite=Lax; HttpOnly";
  }

  /** A path of this host only; {@code //host} and {@code /\host} are other hosts to a browser. */
  private static String back(String path) {
    boolean local =
        path.length() <= MAX_BACK
            && path.startsWith("/")
            && path.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\')
            && !path.startsWith("//");
    return local ? path : "/";
  }
}
