package dev.wxnotify.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.web.Language;
import dev.wxnotify.web.Texts;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see the pages of the inbox, in which language, and what all of them have. */
@Timeout(60)
class InboxAccessTest {

  private static final List<String> PAGES =
      List.of(
          "/",
          "/inbox",
          "/inbox/messages",
          "/inbox/users",
          "/inbox/pushes",
          "/inbox/faults",
          "/inbox/tokens",
          "/inbox/state");

  private static Sandbox sandbox;
  private static SandboxClient client;

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.start();
    client = new SandboxClient(sandbox);
    client.send(client.stableToken(), SandboxClient.message("alice"));
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @Test
  void texts_ofBothLanguages_agree() {
    assertThat(InboxFrame.TEXTS.faults()).isEmpty();
  }

  /** A kind of fault has one meaning, whoever shows it. */
  @Test
  void texts_ofFaults_areThoseOfTheControlCalls() {
    Texts.Words words = InboxFrame.TEXTS.in(Language.EN);
    assertThat(Arrays.stream(EffectKind.values()))
        .allSatisfy(
            kind -> assertThat(words.get("fault." + kind.label())).isEqualTo(kind.meaning()));
    assertThat(Arrays.stream(PushFaultKind.values()))
        .allSatisfy(
            kind -> assertThat(words.get("push-fault." + kind.label())).isEqualTo(kind.meaning()));
  }

  @Test
  void pages_inBothLanguages_haveNothingInlineAndAFrame() throws Exception {
    for (String path : PAGES) {
      Document english = new FormBrowser(sandbox, FormBrowser.ENGLISH).open(path);
      Document chinese = new FormBrowser(sandbox, FormBrowser.CHINESE).open(path);
      assertThat(english.select("html").attr("lang")).isEqualTo("en");
      assertThat(chinese.select("html").attr("lang")).isEqualTo("zh-CN");
      assertThat(chinese.select("h1").text()).isNotEqualTo(english.select("h1").text());
      for (Document page : List.of(english, chinese)) {
        assertThat(page.select("script:not([src]), style, [style], [onclick]")).as(path).isEmpty();
        assertThat(page.select("nav.nav a")).hasSize(6);
        assertThat(page.select("nav.nav a[aria-current=page]")).as(path).hasSize(1);
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("input:not([type=hidden]), select"))
            .allSatisfy(
                field ->
                    assertThat(page.select("label[for=" + field.id() + "]")).as(path).hasSize(1));
        assertThat(page.select("[id]").eachAttr("id")).as(path).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void language_byTheSwitch_isKeptInACookie() throws Exception {
    HttpResponse<String> answer =
        client.exchange(
            client
                .request("/preferences")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("lang=zh-CN&back=%2Finbox%2Fusers")));
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).hasValue("/inbox/users");
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];

    HttpResponse<String> page =
        client.exchange(
            client
                .request("/inbox/users")
                .header("Cookie", cookie)
                .header("Accept-Language", FormBrowser.ENGLISH));
    assertThat(page.body()).contains("lang=\"zh-CN\"", "<h1>用户</h1>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/inbox/messages/1", "/inbox/users", "/inbox/faults", "/assets/web.css"})
  void foreignHost_isRefused(String path) throws Exception {
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.write(
          "GET %s HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".formatted(path));
      assertThat(caller.readToEnd()).startsWith("HTTP/1.1 403").doesNotContain("alice");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/inbox/users/answer",
        "/inbox/reset",
        "/inbox/faults",
        "/inbox/faults/off",
        "/inbox/faults/clear",
        "/inbox/push-faults",
        "/inbox/push-faults/off",
        "/inbox/push-faults/clear",
        "/inbox/tokens/revoke",
        "/inbox/pushes",
        "/inbox/push-urls",
        "/inbox/pushes/1/resend",
        "/inbox/messages/1/receipt",
        "/preferences"
      })
  void foreignOrigin_isRefused_andAGetChangesNothing(String path) throws Exception {
    for (String origin : List.of("http://evil.example", "null")) {
      HttpResponse<String> answer =
          client.exchange(
              client
                  .request(path)
                  .header("Origin", origin)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString("confirm=yes")));
      assertThat(answer.statusCode()).isEqualTo(403);
    }
    assertThat(client.exchange(client.request(path + "?confirm=yes")).statusCode())
        .isIn(200, 404, 405);
    assertThat(sandbox.messages()).hasSize(1);
  }

  @Test
  void headers_ofPages_keepOthersOut() throws Exception {
    HttpResponse<String> answer = client.exchange(client.request("/"));

    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
  }

  @Test
  void assets_areServed() throws Exception {
    Document page = new FormBrowser(sandbox, FormBrowser.ENGLISH).open("/");
    List<String> links = page.select("link[href], script[src]").eachAttr("href");
    links.addAll(page.select("script[src]").eachAttr("src"));
    assertThat(links).anyMatch(link -> link.contains("inbox.css"));
    for (String link : links) {
      assertThat(client.exchange(client.request(link)).statusCode()).as(link).isEqualTo(200);
    }
  }

  @Test
  void unknownPaths_areWeChats_orSaySo() throws Exception {
    assertThat(client.exchange(client.request("/inbox/nothing")).statusCode()).isEqualTo(404);
    assertThat(client.exchange(client.request("/nothing")).body()).contains("40066");
    assertThat(
            client
                .exchange(client.request("/inbox/state").POST(BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(405);
  }
}
