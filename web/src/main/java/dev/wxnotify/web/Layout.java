package dev.wxnotify.web;

import gg.jte.Content;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/** The frame of each page: its title, the bar at the top, the switches, and the content between. */
public final class Layout {
  private final Site site;
  private final Assets assets;
  private final Templates shared = new Templates(Layout.class);
  private final Clock clock;
  private final ZoneId zone;

  /**
   * Creates a frame.
   *
   * @param clock for "3 minutes ago"
   * @param zone of the times that are written; browsers with JavaScript show their own
   */
  public Layout(Site site, Assets assets, Clock clock, ZoneId zone) {
    this.site = site;
    this.assets = assets;
    this.clock = clock;
    this.zone = zone;
  }

  /**
   * What a template knows of the page that it is a part of.
   *
   * @param titleKey of the text that is its title
   */
  public Page page(PageRequest request, String titleKey, Object... values) {
    Preferences preferences = Preferences.of(request);
    Texts.Words words = site.texts().in(preferences.language());
    return new Page(
        site,
        assets,
        shared,
        preferences,
        words,
        words.get(titleKey, values),
        request.path(),
        request.isSafe() ? request.target() : "/",
        clock.instant(),
        zone,
        null);
  }

  /** The whole page. */
  public byte[] render(Page page, Content content) {
    return shared.render("layout", Map.of("page", page, "content", content));
  }

  /** The whole page as an answer (200). */
  public PageAnswer.Whole answer(Page page, Content content) {
    return PageAnswer.html(render(page, content));
  }

  /**
   * A page that says why there is nothing else, as for 404.
   *
   * @param text what the reader can do
   */
  public PageAnswer.Whole problem(Page page, int status, String text) {
    return answer(page, shared.content("problem", Map.of("page", page, "text", text)))
        .status(status);
  }
}
