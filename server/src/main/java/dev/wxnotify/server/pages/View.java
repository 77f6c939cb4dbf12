package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.web.Page;
import gg.jte.Content;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What each template of the console has, beside what it shows. */
final class View {
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  private final Page page;
  private final PageTexts texts;
  private final Badges badges;
  private final Grpcurl grpcurl;
  private final Instant now;

  View(Page page, Grpcurl grpcurl, Instant now) {
    this.page = page;
    this.now = now;
    this.texts = new PageTexts(page);
    this.badges = new Badges(texts);
    this.grpcurl = grpcurl;
  }

  Page page() {
    return page;
  }

  PageTexts texts() {
    return texts;
  }

  Badges states() {
    return badges;
  }

  Grpcurl grpcurl() {
    return grpcurl;
  }

  /** Returns a text with values in it. */
  String text(String key, Object... values) {
    return page.text(key, values);
  }

  /** Returns the moment of which the page tells. */
  Instant now() {
    return now;
  }

  /** Returns the reason of the contract for one of the core. */
  String reason(String coreName) {
    return ReasonNames.ofContract(coreName);
  }

  /** Returns Markdown as plain text: what links say, and code as it is. */
  String plain(String markdown) {
    return LINK.matcher(markdown).replaceAll("$1").replace("`", "").replace("\\|", "|");
  }

  /** Returns the commands that look a message up, by each of its ids. */
  List<String> lookups(MessageRecord message) {
    return Stream.of(
            Map.of("message_id", message.messageId()), Map.of("request_id", message.requestId()))
        .filter(id -> !id.containsValue(""))
        .map(id -> grpcurl.call("MessageService/GetMessage", id))
        .toList();
  }

  /** Returns a state as a mark. */
  Content show(Badge badge) {
    return page.badge(badge.tone(), badge.text());
  }
}
