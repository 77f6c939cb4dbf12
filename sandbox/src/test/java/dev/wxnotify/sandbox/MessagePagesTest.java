package dev.wxnotify.sandbox;

import static dev.wxnotify.sandbox.SandboxClient.APP;
import static dev.wxnotify.sandbox.SandboxTemplates.ORDER_TEMPLATE_ID;
import static dev.wxnotify.sandbox.SandboxTemplates.SECKILL_TEMPLATE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages that show messages. */
@Timeout(60)
class MessagePagesTest {

  private static final String SCRIPT = "<script>alert(1)</script>";
  private static final String QUOTES = "'\"><img src=x onerror=alert(1)>";
  private static final String RIGHT_TO_LEFT = "\u202egnp.exe\u200f";
  private static final String FAMILY = "👩‍👩‍👧‍👦 😀";

  private Sandbox sandbox;
  private SandboxClient client;
  private FormBrowser english;
  private FormBrowser chinese;
  private String token;

  @BeforeEach
  void start() throws Exception {
    sandbox = Sandbox.start();
    client = new SandboxClient(sandbox);
    english = new FormBrowser(sandbox, FormBrowser.ENGLISH);
    chinese = new FormBrowser(sandbox, FormBrowser.CHINESE);
    token = client.stableToken();
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  @Test
  void list_withoutMessages_saysWhatToDo() throws Exception {
    Document unknown = english.open("/");
    assertThat(unknown.select("h1").text()).isEqualTo("Messages");
    assertThat(unknown.expectFirst(".empty code").wholeText())
        .startsWith("grpcurl -plaintext -d '")
        .endsWith(" HOST:PORT wxnotify.v1.NotificationService/SendSubscribeMessage");
    assertThat(unknown.select(".empty").text()).contains("in place of HOST:PORT");

    sandbox.servedBy("grpcurl -plaintext", "127.0.0.1:9090");
    Document known = chinese.open("/");
    assertThat(known.select("h1").text()).isEqualTo("消息");
    assertThat(known.expectFirst(".empty code").wholeText()).contains(" 127.0.0.1:9090 ");
    assertThat(known.select(".empty").text()).doesNotContain("HOST:PORT");
  }

  @Test
  void list_messages_newestFirstAsAPhoneShowsThem() throws Exception {
    client.send(token, SandboxClient.message("alice"));
    client.send(
        token,
        SandboxClient.message(
            "bob",
            ORDER_TEMPLATE_ID,
            "pages/order?id=7",
            order("A-1001", "配送中", "￥18.50", "2026-11-24", "咖啡")));
    client.send(token, SandboxClient.message("sandbox-45009"));

    Document page = english.open("/");

    List<Element> cards = page.select("li.message");
    assertThat(cards.stream().map(card -> card.expectFirst("dl.pairs dd").text()))
        .containsExactly("sandbox-45009", "bob", "alice");
    Element bob = cards.get(1);
    assertThat(bob.select(".phone-title").text()).isEqualTo("订单状态通知");
    assertThat(bob.select(".phone-row dt").eachText())
        .containsExactly("订单编号", "订单状态", "订单金额", "下单日期", "备注");
    assertThat(bob.select(".phone-row dd").eachText())
        .containsExactly("A-1001", "配送中", "￥18.50", "2026-11-24", "咖啡");
    assertThat(bob.select(".phone-foot").text()).isEqualTo("进入小程序查看 pages/order?id=7");
    assertThat(bob.select(".phone-badges .badge").eachText()).containsExactly("Formal", "zh_CN");
    assertThat(bob.select(".badges .badge").eachText()).containsExactly("Accepted");
    assertThat(bob.select("[data-copy]").attr("data-copy")).startsWith("grpcurl -plaintext -d '");
    Element failed = cards.get(0);
    assertThat(failed.select(".badges .badge").eachText()).containsExactly("errcode 45009");
    assertThat(failed.select(".phone-note").text()).isEqualTo("The user does not see this");
    assertThat(chinese.open("/").select(".badges .badge").eachText())
        .containsExactly("错误码 45009", "已接受", "已接受");
  }

  @ParameterizedTest
  @CsvSource({
    "user=ali, alice",
    "errcode=45009, sandbox-45009",
    "errcode=failed, sandbox-45009",
    "errcode=ok, bob alice",
    "template=" + ORDER_TEMPLATE_ID + ", bob",
    "q=a-1001, bob",
    "q=PAGES/ORDER, bob",
    "app=" + APP + ", sandbox-45009 bob alice",
    "app=wxnobody, ''",
    "user=nobody, ''"
  })
  void list_filtered_hasWhatMatches(String query, String users) throws Exception {
    client.send(token, SandboxClient.message("alice"));
    client.send(
        token,
        SandboxClient.message(
            "bob",
            ORDER_TEMPLATE_ID,
            "pages/order?id=7",
            order("A-1001", "配送中", "￥18.50", "2026-11-24", "咖啡")));
    client.send(token, SandboxClient.message("sandbox-45009"));

    Document page = english.open("/?" + query);

    assertThat(
            String.join(
                " ",
                page.select("li.message").stream()
                    .map(card -> card.expectFirst("dl.pairs dd").text())
                    .toList()))
        .isEqualTo(users);
    if (users.isEmpty()) {
      assertThat(page.select(".empty").text()).contains("No message matches");
    }
    String[] typed = query.split("=", 2);
    Element field = page.expectFirst("form.filter [name=" + typed[0] + "]");
    String kept = field.is("select") ? field.select("option[selected]").val() : field.val();
    assertThat(kept).isEqualTo(typed[1]);
  }

  @Test
  void list_wrongErrcode_saysSoNextToTheField() throws Exception {
    Document page = english.open("/?errcode=many");

    Element field = page.expectFirst("input[name=errcode]");
    assertThat(field.val()).isEqualTo("many");
    assertThat(field.attr("aria-invalid")).isEqualTo("true");
    assertThat(page.expectFirst("#" + field.attr("aria-describedby")).text())
        .isEqualTo("a number, ok or failed");
  }

  /** What happens between the page and its stream is the first event of the stream. */
  @Test
  void list_hasAStreamThatBeginsWhereThePageEnds() throws Exception {
    client.send(token, SandboxClient.message("alice"));
    Document page = english.open("/");
    client.send(token, SandboxClient.message("bob"));

    String stream = page.expectFirst("[sse-connect]").attr("sse-connect");
    try (EventReader events = EventReader.open(sandbox.port(), stream, "")) {
      EventReader.Event first = events.next();
      assertThat(first.name()).isEqualTo("message");
      assertThat(first.data().path("open_id").asText()).isEqualTo("bob");
    }
    assertThat(page.select("[hx-target=#messages]").eachAttr("hx-trigger"))
        .anyMatch(trigger -> trigger.contains("sse:message throttle:"))
        .anyMatch(trigger -> trigger.contains("sse:message delay:"));
    String again = page.expectFirst("[hx-target=#messages]").attr("hx-get");
    assertThat(english.open(again).select("#messages li.message")).hasSize(2);
  }

  /**
   * The bound is for a browser; the server needs some milliseconds. The quickest of some answers
   * counts: a busy machine delays some, and a list that is looked through too often delays all.
   */
  @Test
  void list_of5000Messages_isPagedAndQuick() throws Exception {
    for (int i = 0; i < 50; i++) {
      sendPipelined(100);
    }
    english.open("/");

    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      english.open("/");
      quickest = Collections.min(List.of(quickest, Duration.ofNanos(System.nanoTime() - start)));
    }
    assertThat(quickest).isLessThan(Duration.ofSeconds(1));
    Document first = english.open("/");

    assertThat(first.select("li.message")).hasSize(50);
    assertThat(first.select(".count").text()).isEqualTo("50 of 5,000 messages");
    Document second = english.open(first.select(".pager a[rel=next]").attr("href"));
    assertThat(number(second, 0)).isLessThan(number(first, 49));
    assertThat(second.select("li.message")).hasSize(50);
    assertThat(second.select("[sse-connect]")).as("older pages stand still").isEmpty();
    assertThat(english.open(second.select(".pager a[rel=prev]").attr("href")).select("h1").text())
        .isEqualTo("Messages");
  }

  /** Without a wait for each answer. The bytes of a hundred fit the buffers, in both directions. */
  private void sendPipelined(int count) throws Exception {
    String path = SandboxClient.sendPath(token);
    String body = SandboxClient.message("alice");
    try (RawCaller caller = new RawCaller(sandbox)) {
      caller.write(
          RawCaller.post(path, "keep-alive", body).repeat(count - 1)
              + RawCaller.post(path, "close", body));
      caller.readToEnd();
    }
  }

  @Test
  void message_hasChecksRawTextsTimelineAndCommands() throws Exception {
    sandbox.servedBy("grpcurl -plaintext", "127.0.0.1:9090");
    client.send(
        token,
        SandboxClient.message(
            "dave",
            SECKILL_TEMPLATE_ID,
            "",
            "{\"thing1\":{\"value\":\""
                + "长".repeat(25)
                + "\"},\"time2\":{\"value\":\"tomorrow\"},"
                + "\"extra9\":{\"value\":\"x\"}}"));

    Document page = english.open(link(english.open("/"), 0));

    assertThat(page.select(".checks tbody th code").eachText())
        .containsExactly("thing1", "time2", "thing3", "extra9");
    assertThat(page.select(".checks td[data-label=Length]").eachText())
        .containsExactly("25 of 20", "8", "0 of 20", "1");
    assertThat(page.select(".checks .badge").eachText())
        .containsExactly(
            "Too long", "Not in the form of its type", "Missing", "Not in the template");
    assertThat(page.select(".checks tbody tr").get(0).text()).contains("at most 20 characters");
    assertThat(page.select(".timeline li").eachText())
        .anyMatch(line -> line.contains("Refused with errcode 47003 argument invalid!"));
    String rid = page.select("dt:contains(rid) + dd code").text();
    assertThat(rid).matches("[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}");
    assertThat(page.select("pre").eachText())
        .anyMatch(text -> text.startsWith("POST /cgi-bin/message/subscribe/send?access_token=***"))
        .anyMatch(text -> text.startsWith("HTTP/1.1 200 OK") && text.contains(rid))
        .anyMatch(
            text -> text.startsWith("grpcurl -plaintext -d '") && text.contains("127.0.0.1:9090"))
        .anyMatch(text -> text.startsWith("curl -s \"" + sandbox.baseUrl()));
    assertThat(page.html()).doesNotContain(token);
    assertThat(page.select("section:contains(Push a receipt)").text())
        .contains("refused gets no receipt");
    Document inChinese = chinese.open(page.location().replaceFirst("^http://[^/]*", ""));
    assertThat(inChinese.expectFirst(".checks .badge").text()).isEqualTo("过长");
    assertThat(inChinese.expectFirst(".checks td[data-label=长度]").text()).isEqualTo("25 / 20");
  }

  @Test
  void message_withASpoiltAnswer_saysWhatWasAnswered() throws Exception {
    client.postRaw(SandboxClient.sendPath(token), SandboxClient.message("sandbox-html-502"));

    Document page = english.open(link(english.open("/"), 0));

    assertThat(page.select("#result .badge").eachText()).contains("http=502");
    assertThat(page.select("pre").eachText())
        .anyMatch(text -> text.startsWith("HTTP/1.1 502 ") && text.contains("<html>"));
  }

  @Test
  void message_gone_isA404WithTheWayBack() throws Exception {
    Document page = chinese.look("/inbox/messages/4711");

    assertThat(chinese.status()).isEqualTo(404);
    assertThat(page.select("h1").text()).isEqualTo("该消息已不存在");
    assertThat(page.select("main a").attr("href")).isEqualTo("/");
  }

  @Test
  void hostileValues_areShownAsText() throws Exception {
    String longest = "长".repeat(1_024);
    String unreadable = "{\"touser\":\"<b>x</b>\",\"template_id\":\"" + SCRIPT + "\"}";
    ObjectNode message =
        Json.object()
            .put("touser", "alice")
            .put("template_id", ORDER_TEMPLATE_ID)
            .put("page", "pages/" + QUOTES)
            .put("miniprogram_state", SCRIPT)
            .put("lang", QUOTES);
    ObjectNode data = message.putObject("data");
    data.putObject("character_string1").put("value", SCRIPT);
    data.putObject("phrase2").put("value", RIGHT_TO_LEFT);
    data.putObject("amount3").put("value", longest);
    data.putObject("date4").put("value", QUOTES);
    data.putObject("thing5").put("value", FAMILY);
    data.putObject(SCRIPT).put("value", SCRIPT);
    client.send(token, Json.text(message));
    client.send(token, unreadable);
    client.send(token, "not json " + SCRIPT);

    Document list = english.open("/");

    assertThat(list.select("script:not([src])")).isEmpty();
    assertThat(list.select("img[onerror], li.message b")).isEmpty();
    Element card = list.select("li.message").get(2);
    assertThat(card.select("bdi.phone-value").stream().map(Element::wholeText))
        .containsExactly(SCRIPT, RIGHT_TO_LEFT, longest, QUOTES, FAMILY);
    assertThat(card.select("bdi.phone-page").text()).isEqualTo("pages/" + QUOTES);
    for (int i = 0; i < 3; i++) {
      Document page = chinese.open(link(list, i));
      assertThat(page.select("script:not([src])")).isEmpty();
      assertThat(page.select("main img, main [onerror]")).isEmpty();
    }
    Document search = english.open("/?q=" + InboxFrame.encoded(QUOTES));
    assertThat(search.select("input[name=q]").val()).isEqualTo(QUOTES);
    assertThat(search.select("li.message")).hasSize(1);
  }

  private static String order(
      String number, String state, String amount, String date, String hint) {
    return """
        {"character_string1":{"value":"%s"},"phrase2":{"value":"%s"},"amount3":{"value":"%s"},\
        "date4":{"value":"%s"},"thing5":{"value":"%s"}}"""
        .formatted(number, state, amount, date, hint);
  }

  private static String link(Document list, int card) {
    return list.select("li.message").get(card).select("h2 a").attr("href");
  }

  private static long number(Document list, int card) {
    return Long.parseLong(list.select("li.message").get(card).attr("data-number"));
  }
}
