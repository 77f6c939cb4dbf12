package dev.wxnotify.server.pages;

import dev.wxnotify.web.Assets;
import dev.wxnotify.web.Layout;
import dev.wxnotify.web.Page;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.Site;
import dev.wxnotify.web.Templates;
import dev.wxnotify.web.Texts;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What all pages of the console have: the bar at the top, files, templates, and the foot. */
final class Frame {
  private final Texts texts = new Texts(Frame.class, "console");
  private final Templates templates = new Templates(Frame.class);
  private final Assets assets = new Assets().with(Frame.class, "console.css", "console.js");
  private final Layout layout;

  Frame(Clock clock) {
    this.layout =
        new Layout(
            new Site(
                texts,
                List.of(
                    new Site.Link(Links.OVERVIEW, "nav.overview"),
                    new Site.Link(Links.FAILURES, "nav.failures"),
                    new Site.Link(Links.LOOKUP, "nav.lookup"),
                    new Site.Link(Links.EVENTS, "nav.events"),
                    new Site.Link(Links.CONFIGURATION, "nav.configuration"),
                    new Site.Link(Links.REFERENCE, "nav.reference")),
                List.of("uplot.css", "console.css"),
                List.of("uplot.js", "console.js")),
            assets,
            clock,
            ZoneOffset.UTC);
  }

  /** Returns the texts, for tests. */
  Texts texts() {
    return texts;
  }

  Assets assets() {
    return assets;
  }

  /** Returns what the templates of a page have, for somebody who may see it. */
  View view(PageRequest request, ConsoleData data, String title, Object... values) {
    return new View(
        layout.page(request, title, values),
        new Grpcurl(data.configuration()),
        data.server().now());
  }

  /** Renders a page for somebody who may see it. */
  PageAnswer.Whole whole(View view, ConsoleData data, String template, Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(values);
    all.put("view", view);
    return layout.answer(
        view.page(),
        templates.content(
            "frame",
            Map.of(
                "view", view,
                "viewer", data.viewer(),
                "version", data.server().version(),
                "content", templates.content(template, all))));
  }

  /** Renders a part of a page. */
  byte[] part(String template, Map<String, Object> values) {
    return templates.render(template, values);
  }

  /** Returns the page of a title, for {@link #bare} and {@link #problem}. */
  Page page(PageRequest request, String title) {
    return layout.page(request, title);
  }

  /** Renders a page for anybody. */
  PageAnswer.Whole bare(Page page, String template, Map<String, Object> values) {
    return layout.answer(page, templates.content(template, values));
  }

  /** Says why there is nothing else. */
  PageAnswer.Whole problem(Page page, int status, String text) {
    return layout.problem(page, status, text);
  }
}
