package dev.wxnotify.browser;

import static dev.wxnotify.browser.Sends.ORDER;
import static dev.wxnotify.browser.Sends.SECKILL;
import static dev.wxnotify.browser.Sends.message;
import static dev.wxnotify.browser.Sends.seckill;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** What testers see and do in the sandbox's inbox. */
@ExtendWith(PagesExtension.class)
class InboxTest {
  private static final double A_SECOND = 1_000;

  /** Odd, so that a median is one of them. */
  private static final int TRIES = 5;

  @Test
  void messageSentByGrpcurl_appearsWithoutReloadWithinASecond(
      Browser browser, ServerUnderTest server) {
    browser.open(server.inbox());
    browser.run("window.before = true");
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      String goods = "现货键盘 " + i;
      browser.run(
          """
          const text = arguments[0];
          window.seenAt = null;
          const look = () => {
            if (window.seenAt === null && document.body.innerText.includes(text)) {
              window.seenAt = Date.now();
            }
          };
          new MutationObserver(look).observe(document.body, {subtree: true, childList: true});
          """,
          goods);
      long sentAt = System.currentTimeMillis();
      Sends.sendByHand(server, "live-" + i, goods);
      Await.until(goods + " is in the inbox", () -> browser.run("return window.seenAt") != null);
      millis.add(browser.number("return window.seenAt") - sentAt);
    }
    // A shared machine stalls now and then.
    Collections.sort(millis);
    assertThat(millis.get(TRIES / 2)).as("median of %s ms", millis).isLessThan(A_SECOND);
    assertThat(browser.run("return window.before")).as("the page was not reloaded").isEqualTo(true);
  }

  @Test
  void userWhoRejects_getsNoMessage_andTheEventShows(Browser browser, ServerUnderTest server) {
    Sends.send(server, "", message("rejecting-user", SECKILL, seckill("键盘")));
    browser.open(server.inbox().resolve("/inbox/users?q=rejecting-user"));

    answerButton(browser, "rejecting-user", SECKILL, "reject").click();
    browser.see("Rejected");

    SendException refused =
        Sends.fail(server, "rejecting-1", message("rejecting-user", SECKILL, seckill("键盘")));
    assertThat(refused.reason()).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
    assertThat(refused.failure().weChatErrcode()).hasValue(43101);
    browser.open(server.inbox().resolve("/inbox/pushes"));
    browser.see("rejecting-user");
    browser.open(server.console().resolve("/events"));
    browser.see("rejecting-user");

    browser.open(server.inbox().resolve("/inbox/users?q=rejecting-user"));
    answerButton(browser, "rejecting-user", SECKILL, "allow").click();
    browser.see("1 left");
    assertThat(Sends.send(server, "", message("rejecting-user", SECKILL, seckill("键盘"))))
        .isNotEmpty();
  }

  /** The button of a user's row for a template. */
  private static WebElement answerButton(
      Browser browser, String openId, String template, String answer) {
    String css = "button[name='answer'][value='" + answer + "']";
    return browser.all(css).stream()
        .filter(
            button ->
                Boolean.TRUE.equals(
                    browser.run(
                        """
                        const form = new FormData(arguments[0].form);
                        return form.get('open_id') === arguments[1]
                            && form.get('template_id') === arguments[2];
                        """,
                        button,
                        openId,
                        template)))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("no " + css + " of " + openId + ":\n" + browser.text()));
  }

  @Test
  void receiptFailedByHand_isInTheTimelinesOfInboxAndConsole(
      Browser browser, ServerUnderTest server) {
    // The first receipt counts, as with WeChat, so the automatic one is lost.
    new SandboxCalls(server)
        .post("/sandbox/pushes/faults", "{\"what\":\"lost\",\"event\":\"sent\",\"count\":1}");
    String id =
        Sends.send(server, "undelivered-1", message("undelivered-user", SECKILL, seckill("键盘")));
    browser.open(server.inbox().resolve("/inbox/messages?user=undelivered-user"));
    browser.open(server.inbox().resolve(InboxPaths.ofMessage(browser, "undelivered-user")));

    browser.submit("form[action$='/receipt'] button[value='failed']");

    browser.see("receipt: not delivered");
    // The journal has it some moments later, and the page is of one moment.
    Await.until(
        "the console has the receipt",
        () -> {
          browser.open(server.console().resolve("/lookup?q=" + id));
          return browser.text().contains("Receipt: not delivered");
        });
  }

  @Test
  void fault_strikesWhileItIsOn(Browser browser, ServerUnderTest server) {
    browser.open(server.inbox().resolve("/inbox/faults"));
    WebElement form = browser.one("form[action='/inbox/faults']");
    Browser.choose(form.findElement(By.name("endpoint")), "send");
    Browser.choose(form.findElement(By.name("what")), "errcode");
    Browser.type(form.findElement(By.name("argument")), "40037");
    browser.submit(form.findElement(By.cssSelector("button")));
    browser.see("40037");

    SendException struck = Sends.fail(server, "", message("unlucky-user", SECKILL, seckill("键盘")));
    assertThat(struck.failure().weChatErrcode()).hasValue(40037);

    browser.submit("form[action='/inbox/faults/clear'] button");

    assertThat(Sends.send(server, "", message("unlucky-user", SECKILL, seckill("键盘"))))
        .isNotEmpty();
  }

  @Test
  void hostileValues_areText(Browser browser, ServerUnderTest server) {
    String markup = "<b id=x>\"'&amp;</b>";
    String rightToLeft = "\u202Eabc\u202C 😀👨‍👩‍👧";
    String page = "pages/order?q=" + "x".repeat(1_000);
    Sends.send(
        server,
        "",
        message(
                "hostile-user",
                ORDER,
                Map.of(
                    "character_string1",
                    markup,
                    "phrase2",
                    "配送中",
                    "amount3",
                    "￥18.50",
                    "date4",
                    "2026-11-24",
                    "thing5",
                    rightToLeft))
            .toBuilder()
            .setPage(page)
            .build());
    for (Screen screen : Screen.values()) {
      browser.resize(screen);
      browser.open(server.inbox());
      browser.see(markup);
      browser.open(server.inbox().resolve(InboxPaths.ofMessage(browser, "hostile-user")));
      browser.see(markup);
      browser.see(page);
      assertThat(browser.all("#x")).isEmpty();
      assertThat(browser.run("return document.documentElement.scrollWidth"))
          .as("the width on a screen of %s", screen.width)
          .isEqualTo((long) screen.width);
    }
  }
}
