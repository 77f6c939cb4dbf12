package dev.wxnotify.sandbox;

import dev.wxnotify.web.Assets;
import dev.wxnotify.web.Flash;
import dev.wxnotify.web.Layout;
import dev.wxnotify.web.Page;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.Site;
import dev.wxnotify.web.Templates;
import dev.wxnotify.web.Texts;
import dev.wxnotify.web.Tone;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What all pages of the inbox share: their texts, their frame, and how a form is answered. */
final class InboxFrame {

  static final Texts TEXTS = new Texts(InboxFrame.class, "inbox");

  static final int WRONG_FORM = 422;

  /** What a form did, and how much of it, in the address of the page that says so. */
  private static final Pattern DONE = Pattern.compile("([a-z-]{1,40})(?:\\.([0-9]{1,9}))?");

  private final Assets assets = new Assets().with(InboxFrame.class, "inbox.css", "inbox.js");
  private final Templates templates = new Templates(InboxFrame.class);
  private final InboxLog log;
  private final Layout layout;

  InboxFrame(InstantSource clock, InboxLog log) {
    this.log = log;
    Site site =
        new Site(
            TEXTS,
            List.of(
                new Site.Link("/inbox/messages", "nav.messages"),
                new Site.Link("/inbox/users", "nav.users"),
                new Site.Link("/inbox/pushes", "nav.pushes"),
                new Site.Link("/inbox/faults", "nav.faults"),
                new Site.Link("/inbox/tokens", "nav.tokens"),
                new Site.Link("/inbox/state", "nav.state")),
            List.of("inbox.css"),
            List.of("inbox.js"));
    ZoneId zone = ZoneId.systemDefault();
    this.layout = new Layout(site, assets, clock(clock, zone), zone);
  }

  Assets assets() {
    return assets;
  }

  /**
   * The values of a page, to be made before the page looks at anything: what happens while it is
   * made, and before the browser listens, comes as the first events.
   */
  Map<String, Object> values() {
    Map<String, Object> values = new HashMap<>();
    values.put("events", "/sandbox/events?last_event_id=" + encoded(log.id(log.last())));
    return values;
  }

  /** A page with its template {@code name.jte} and the values that this needs. */
  PageAnswer.Whole answer(
      PageRequest request, String title, String name, Map<String, Object> values) {
    return answer(layout.page(request, title), request, name, values);
  }

  /** The same, with a value in the title. */
  PageAnswer.Whole answer(
      PageRequest request, String title, Object of, String name, Map<String, Object> values) {
    return answer(layout.page(request, title, of), request, name, values);
  }

  /** A page that is not there, or not any more. */
  PageAnswer.Whole gone(PageRequest request, String title, String hint, Object... values) {
    Page page = layout.page(request, title);
    return layout.problem(page, 404, page.text(hint, values));
  }

  PageAnswer.Whole wrongMethod(PageRequest request, String allowed) {
    Page page = layout.page(request, "error.title");
    return layout
        .problem(page, 405, page.text("error.method", request.method()))
        .with("Allow", allowed);
  }

  /** What was asked for cannot be done now, though no field of a form is wrong. */
  PageAnswer.Whole failed(PageRequest request, ControlError error) {
    Page page = layout.page(request, "error.title");
    return layout.problem(page, 409, String.valueOf(error.getMessage()));
  }

  /** Sends the browser from a form to the page that shows what it did. */
  static PageAnswer.Whole done(String path, String what, String anchor) {
    String mark = anchor.isEmpty() ? "" : "#" + encoded(anchor);
    return PageAnswer.seeOther(path + (path.contains("?") ? "&" : "?") + "done=" + what + mark);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private PageAnswer.Whole answer(
      Page page, PageRequest request, String name, Map<String, Object> values) {
    Page shown = page;
    Matcher done = DONE.matcher(request.query().getOrDefault("done", ""));
    if (done.matches()) {
      String text = page.textOr("done." + done.group(1), "");
      if (!text.isEmpty()) {
        String number = done.group(2) == null ? "0" : done.group(2);
        shown = page.with(new Flash(Tone.OK, text.replace("{0}", number)));
      }
    }
    Map<String, Object> all = new HashMap<>(values);
    all.put("page", shown);
    return layout.answer(shown, templates.content(name, all));
  }

  private static Clock clock(InstantSource source, ZoneId zone) {
    return source instanceof Clock clock ? clock : source.withZone(zone);
  }
}
