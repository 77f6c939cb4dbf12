package dev.wxnotify.web;

import gg.jte.Content;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each template has as its parameter {@code page}: texts, times, links to assets, and small
 * parts that all pages share. One is made for each request, by {@link Layout#page}, and for each
 * event that is rendered.
 */
public final class Page {
  private final Site site;
  private final Assets assets;
  private final Templates shared;
  private final Preferences preferences;
  private final Texts.Words words;
  private final String title;
  private final String path;
  private final String target;
  private final Instant now;
  private final ZoneId zone;
  private final @Nullable Flash flash;

  Page(
      Site site,
      Assets assets,
      Templates shared,
      Preferences preferences,
      Texts.Words words,
      String title,
      String path,
      String target,
      Instant now,
      ZoneId zone,
      @Nullable Flash flash) {
    this.site = site;
    this.assets = assets;
    this.shared = shared;
    this.preferences = preferences;
    this.words = words;
    this.title = title;
    this.path = path;
    this.target = target;
    this.now = now;
    this.zone = zone;
    this.flash = flash;
  }

  /** The same page with a line above its content. */
  public Page with(Flash line) {
    return new Page(site, assets, shared, preferences, words, title, path, target, now, zone, line);
  }

  /** The same page at another time, as for the next event of a stream. */
  public Page at(Instant time) {
    return new Page(
        site, assets, shared, preferences, words, title, path, target, time, zone, flash);
  }

  /** A text with its values in place. An unknown key is an error. */
  public String text(String key, Object... values) {
    return words.get(key, values);
  }

  /** A text whose key is made of data, or something else where there is none. */
  public String textOr(String key, String other) {
    return words.getOr(key, other);
  }

  /** The language of the page. */
  public Language language() {
    return preferences.language();
  }

  /** The colours of the page. */
  public Scheme scheme() {
    return preferences.scheme();
  }

  /** The title of the page, without the name of the product. */
  public String title() {
    return title;
  }

  /** The path of the page, decoded. */
  public String path() {
    return path;
  }

  /** The path and the query of the page, encoded. */
  public String target() {
    return target;
  }

  /** The line above the content, or null. */
  public @Nullable Flash flash() {
    return flash;
  }

  /** The link to a file of {@link Assets}, with its version. */
  public String asset(String name) {
    return assets.url(name);
  }

  /** How long ago something was: {@code <time>} with the exact time as its title. */
  public Content ago(Instant time) {
    return part("time", "text", Times.ago(time, now, words), "time", time, "live", true);
  }

  /** A time to the second, in the zone of the server or, with JavaScript, of the browser. */
  public Content time(Instant time) {
    return part("time", "text", Times.exact(time, zone), "time", time, "live", false);
  }

  /** A number with separators for thousands. */
  public String number(long number) {
    return String.format(language().locale(), "%,d", number);
  }

  /** A badge; the text must say what the colour says. */
  public Content badge(Tone tone, String text) {
    return shared.content("badge", Map.of("tone", tone, "text", text));
  }

  /** Text in a fixed font, as it is, with a button that copies it. */
  public Content code(String text) {
    return part("code", "text", text);
  }

  /** A value of one line, such as an id, with a button that copies it. */
  public Content id(String text) {
    return part("id", "text", text);
  }

  /** What stands in place of a list without entries. */
  public Content empty(String title, String hint) {
    return part("empty", "title", title, "hint", hint);
  }

  /**
   * Links to the pages before and after.
   *
   * @param newer null if this is the first page
   * @param older null if this is the last page
   */
  public Content pager(@Nullable String newer, @Nullable String older) {
    return part("pager", "newer", newer, "older", older);
  }

  /** The time at which the page was made, which relative times count from. */
  public Instant now() {
    return now;
  }

  List<Site.Link> links() {
    return site.links();
  }

  /** Whether a link of the bar leads to this page, or to one above it. */
  boolean isAt(Site.Link link) {
    return path.equals(link.path())
        || (!link.path().equals("/") && path.startsWith(link.path() + "/"));
  }

  List<String> styles() {
    return site.styles();
  }

  List<String> scripts() {
    return site.scripts();
  }

  /** What {@code web.js} says, as JSON: a page has no inline script. */
  String scriptTexts() {
    return ScriptTexts.json(words);
  }

  String exact(Instant time) {
    return Times.exact(time, zone);
  }

  private Content part(String template, @Nullable Object... namesAndValues) {
    Map<String, Object> values = new HashMap<>();
    values.put("page", this);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        values.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return shared.content(template, values);
  }
}
