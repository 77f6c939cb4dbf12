package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  private final Site site =
      new Site(
          new Texts(LayoutTest.class, "sample"),
          List.of(new Site.Link("/", "nav.home"), new Site.Link("/messages", "nav.messages")),
          List.of(),
          List.of());
  private final Layout layout =
      new Layout(site, new Assets(), Clock.fixed(NOW, ZoneOffset.UTC), ZoneOffset.UTC);

  @Test
  void page_hasTitleAndLanguage() throws Exception {
    Page page =
        layout.page(get("/messages", Map.of("Accept-Language", "zh-TW,en;q=0.5")), "nav.messages");

    String html =
        new String(layout.render(page, page.badge(Tone.OK, "<x>")), StandardCharsets.UTF_8);

    assertThat(html)
        .startsWith("<!DOCTYPE html>\n<html lang=\"zh-CN\" data-scheme=\"auto\">")
        .contains("<title>模板 · wxnotify 示例</title>")
        .contains("<span class=\"badge ok\">&lt;x&gt;</span>");
  }

  private static PageRequest get(String target, Map<String, String> headers) throws Exception {
    return PageRequest.of("GET", target, headers, new byte[0], InetAddress.getLoopbackAddress());
  }
}
