package dev.wxnotify.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import gg.jte.Content;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final Pattern URL = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

  private final Assets assets = new Assets();
  private final Layout layout =
      new Layout(
          new Site(
              new Texts(LayoutTest.class, "sample"),
              List.of(new Site.Link("/", "nav.home"), new Site.Link("/users", "nav.users")),
              List.of("uplot.css"),
              List.of("uplot.js")),
          assets,
          Clock.fixed(NOW, ZoneOffset.UTC),
          ZoneId.of("Asia/Shanghai"));

  @Test
  void page_isInTheLanguageAndTheColoursOfTheReader() {
    PageRequest request =
        Requests.get("/", "Accept-Language", "zh-TW,en;q=0.5", "Cookie", "scheme=dark");

    String html = html(request, nothing());

    assertThat(html)
        .startsWith("<!DOCTYPE html>\n<html lang=\"zh-CN\" data-scheme=\"dark\">")
        .contains("<title>消息 · wxnotify 示例</title>")
        .contains("<meta name=\"color-scheme\" content=\"dark\">")
        .contains(
            "<button class=\"switch\" name=\"lang\" value=\"en\" lang=\"en\">English</button>")
        .contains("value=\"dark\" aria-pressed=\"true\"")
        .contains("value=\"auto\" aria-pressed=\"false\"");
  }

  @Test
  void page_namesWhereTheReaderIs() {
    assertThat(html(Requests.get("/users/alice"), nothing()))
        .contains("<a href=\"/users\" aria-current=\"page\">Users</a>")
        .contains("<a href=\"/\">Messages</a>");
  }

  @Test
  void page_leadsBackFromItsSwitches_butNotToAPost() {
    assertThat(html(Requests.get("/users?q=%22%3E&a=1"), nothing()))
        .contains("name=\"back\" value=\"/users?a=1&amp;q=%22%3E\"");
    assertThat(html(Requests.post("/users", "a=1"), nothing()))
        .contains("name=\"back\" value=\"/\"");
  }

  @Test
  void page_hasNoInlineScriptAndNoInlineStyle() {
    Page page = page(Requests.get("/"));
    String html = html(Requests.get("/"), page.ago(NOW)) + rendered(page.pager("/a", "/b"));

    assertThat(html)
        .doesNotContainPattern("<script(?![^>]* src=)")
        .doesNotContain("<style")
        .doesNotContainPattern("\\sstyle=")
        .doesNotContainPattern("\\son[a-z]+=")
        .doesNotContain("javascript:")
        .doesNotContain("hx-on");
  }

  @Test
  void page_loadsFilesOfThisHostOnly_andAllAreThere() {
    List<String> loaded = new ArrayList<>();
    Matcher urls = URL.matcher(html(Requests.get("/"), nothing()));
    while (urls.find()) {
      assertThat(urls.group(1)).startsWithIgnoringCase(urls.group(1).startsWith("#") ? "#" : "/");
      if (urls.group(1).startsWith(Assets.PATH)) {
        loaded.add(urls.group(1));
      }
    }

    assertThat(loaded).hasSizeGreaterThanOrEqualTo(7);
    for (String url : loaded) {
      PageAnswer.Whole answer = assets.answer(Requests.get(url)).orElseThrow();
      assertThat(answer.status()).as(url).isEqualTo(200);
      assertThat(answer.headers().get("Cache-Control")).contains("immutable");
    }
  }

  @Test
  void page_letsTheReaderSkipToItsContent() {
    assertThat(html(Requests.get("/"), nothing()))
        .contains("<a class=\"skip\" href=\"#content\">")
        .contains("<main id=\"content\" tabindex=\"-1\">");
  }

  @Test
  void page_isKeptByNobody_andTakesNothingFromElsewhere() {
    PageAnswer.Whole answer = layout.answer(page(Requests.get("/")), nothing());

    assertThat(answer.contentType()).isEqualTo("text/html; charset=utf-8");
    assertThat(answer.headers())
        .containsEntry("Cache-Control", "no-store")
        .containsEntry("X-Content-Type-Options", "nosniff")
        .containsEntry("Referrer-Policy", "same-origin");
    assertThat(answer.headers().get("Content-Security-Policy"))
        .contains("default-src 'self'")
        .contains("frame-ancestors 'none'")
        .contains("form-action 'self'")
        .contains("base-uri 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void problem_hasItsStatus_andAWayOut() {
    PageAnswer.Whole answer = layout.problem(page(Requests.get("/none")), 404, "No <b>page</b>.");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("No &lt;b&gt;page&lt;/b&gt;.")
        .contains("<a class=\"button\" href=\"/\">");
  }

  @Test
  void flash_isText() {
    Page page = page(Requests.get("/")).with(new Flash(Tone.BAD, "<i>no</i>"));

    assertThat(new String(layout.render(page, nothing()), StandardCharsets.UTF_8))
        .contains("<p class=\"flash bad\" role=\"status\">&lt;i&gt;no&lt;/i&gt;</p>");
  }

  static List<String> hostile() {
    return List.of(
        "<script>alert(1)</script>",
        "</code></pre><img src=x onerror=alert(1)>",
        "\"'`><svg onload=alert(1)>",
        "\" autofocus onfocus=\"alert(1)",
        "' onmouseover='alert(1)",
        "&lt;b&gt; &amp; &#x3c;",
        "\u202Eevil\u202C \u2067rtl\u2069 مرحبا",
        "😀👩‍👩‍👧‍👦🇨🇳",
        "<!-- --> ]]> {{x}} ${x} @if(true)",
        "a\u0000b\u2028c",
        "x".repeat(1024),
        "汉".repeat(1024));
  }

  /** What a browser makes of it is what was given, and no tag and no attribute is added. */
  @ParameterizedTest
  @MethodSource("hostile")
  void text_ofSomebody_isText(String text) {
    Page page = page(Requests.get("/"));

    assertThat(element(rendered(page.id(text)), "<span class=\"id\"><code><bdi>", "</bdi></code>"))
        .isEqualTo(text);
    assertThat(element(rendered(page.id(text)), "aria-label=\"Copy ", "\">Copy</button></span>"))
        .isEqualTo(text);
    assertThat(element(rendered(page.code(text)), "<code dir=\"auto\">", "</code></pre>"))
        .isEqualTo(text);
    assertThat(
            element(
                rendered(page.badge(Tone.WARN, text)), "<span class=\"badge warn\">", "</span>"))
        .isEqualTo(text);
    assertThat(element(rendered(page.empty(text, text)), "</p><p>", "</p></div>")).isEqualTo(text);
    assertThat(element(rendered(page.pager(text, null)), "href=\"", "\" rel=")).isEqualTo(text);
  }

  @Test
  void link_thatIsAScript_isNotWritten() {
    assertThat(rendered(page(Requests.get("/")).pager(" JavaScript:alert(1)", null)))
        .doesNotContainIgnoringCase("javascript:");
  }

  /** A part within an attribute or after one leaves the rest escaped as before. */
  @Test
  void part_withinAPart_leavesItsPlaceAsItWas() {
    Page page = page(Requests.get("/"));
    Content both =
        output -> {
          output.writeUserContent(page.id("\""));
          output.writeUserContent("<");
        };

    assertThat(new String(layout.render(page, both), StandardCharsets.UTF_8))
        .contains("</span>&lt;");
  }

  @ParameterizedTest
  @CsvSource({
    "0, now, 刚刚",
    "4, now, 刚刚",
    "5, 5 s ago, 5 秒前",
    "59, 59 s ago, 59 秒前",
    "60, 1 min ago, 1 分钟前",
    "3599, 59 min ago, 59 分钟前",
    "3600, 1 h ago, 1 小时前",
    "172799, 47 h ago, 47 小时前",
    "172800, 2 d ago, 2 天前",
    "-4, now, 刚刚",
    "-90, in 1 min, 1 分钟后",
    "-7200, in 2 h, 2 小时后",
  })
  void time_isSaidInBothLanguages(long secondsAgo, String english, String chinese) {
    Instant time = NOW.minusSeconds(secondsAgo);

    assertThat(rendered(page(Requests.get("/")).ago(time)))
        .startsWith("<time datetime=\"" + time + "\" title=\"2026-11-")
        .endsWith(" +08:00\" data-time=\"ago\">" + english + "</time>");
    assertThat(rendered(page(Requests.get("/", "Cookie", "lang=zh-CN")).ago(time)))
        .contains(">" + chinese + "<");
  }

  @Test
  void time_isExactInTheZone() {
    assertThat(rendered(page(Requests.get("/")).time(NOW)))
        .isEqualTo(
            "<time datetime=\"2026-11-29T12:00:00Z\" title=\"2026-11-29 20:00:00 +08:00\""
                + " data-time=\"exact\">2026-11-29 20:00:00 +08:00</time>");
  }

  @Test
  void number_hasSeparators() {
    assertThat(page(Requests.get("/")).number(1234567)).isEqualTo("1,234,567");
  }

  @Test
  void asset_thatIsNotListed_isAnError() {
    assertThatIllegalArgumentException().isThrownBy(() -> page(Requests.get("/")).asset("none.js"));
  }

  private Page page(PageRequest request) {
    return layout.page(request, "nav.home");
  }

  private String html(PageRequest request, Content content) {
    return new String(layout.render(page(request), content), StandardCharsets.UTF_8);
  }

  private static Content nothing() {
    return output -> {};
  }

  private static String rendered(Content content) {
    return new String(Templates.render(content), StandardCharsets.UTF_8);
  }

  /** The text between, without what a browser would take as a tag or as the end of an attribute. */
  private static String element(String html, String before, String after) {
    int from = html.indexOf(before) + before.length();
    String inner = html.substring(from, html.indexOf(after, from));
    assertThat(inner).doesNotContain("<").doesNotContain(after);
    if (before.endsWith("=\"") || before.contains("aria-label")) {
      assertThat(inner).doesNotContain("\"");
    }
    return inner
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }
}
