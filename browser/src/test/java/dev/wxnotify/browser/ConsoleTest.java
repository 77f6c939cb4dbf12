package dev.wxnotify.browser;

import static dev.wxnotify.browser.Sends.SECKILL;
import static dev.wxnotify.browser.Sends.message;
import static dev.wxnotify.browser.Sends.seckill;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** What operators see in the console of a server without callers, on its own machine. */
@ExtendWith(PagesExtension.class)
class ConsoleTest {

  @Test
  void message_isFoundByEachOfItsIds(Browser browser, ServerUnderTest server) {
    String id =
        Sends.send(server, "looked-up-1", message("looked-up-user", SECKILL, seckill("秘密键盘")));
    // The journal has the message and its receipt some moments later, and a page is of one moment.
    Await.until(
        "the console has the receipt",
        () -> {
          browser.open(server.console().resolve("/lookup?q=" + id));
          return browser.text().contains("Receipt: delivered");
        });

    for (String each : new String[] {id, "looked-up-1", "looked-up-user"}) {
      browser.open(server.console().resolve("/lookup"));
      var box = browser.one("input[name='q']");
      Browser.type(box, each);
      browser.submit(box.findElement(By.xpath("ancestor::form//button")));

      browser.see(id);
      assertThat(browser.text()).as("content of the message").doesNotContain("秘密键盘");
    }
  }

  @Test
  void unknownId_isSaidToBeUnknown(Browser browser, ServerUnderTest server) {
    browser.open(server.console().resolve("/lookup?q=nobody-knows-this"));

    browser.see("Nothing found");
  }

  @Test
  void hostileId_isText(Browser browser, ServerUnderTest server) {
    browser.open(server.console().resolve("/lookup"));
    var box = browser.one("input[name='q']");
    Browser.type(box, "\"><b id=x>'\u202E</b>");
    browser.submit(box.findElement(By.xpath("ancestor::form//button")));

    browser.see("Nothing found");
    assertThat(browser.all("#x")).isEmpty();
    assertThat(browser.one("input[name='q']").getDomProperty("value")).contains("\"><b id=x>'");
  }

  @Test
  void event_appearsWithoutReload(Browser browser, ServerUnderTest server) {
    browser.open(server.console().resolve("/events"));
    browser.run("window.before = true");

    Sends.send(server, "live-event-1", message("live-event-user", SECKILL, seckill("键盘")));

    browser.see("live-event-user");
    assertThat(browser.run("return window.before")).as("the page was not reloaded").isEqualTo(true);
  }

  @Test
  void failure_isListedWithWhatToDo(Browser browser, ServerUnderTest server) {
    Sends.fail(server, "", message("sandbox-43101-console", SECKILL, seckill("键盘")));

    browser.open(server.console().resolve("/failures"));

    browser.see("USER_NOT_SUBSCRIBED");
    browser.see("Callers ask the user again in the Mini Program");
  }

  @Test
  void configuration_showsNoSecret(Browser browser, ServerUnderTest server) {
    browser.open(server.console().resolve("/configuration"));

    browser.see("wxnotify.monitoring.port");
    assertThat(browser.text()).doesNotContain("not-a-secret-only-for-the-sandbox");
  }

  @Test
  void enterKey_looksUp(Browser browser, ServerUnderTest server) {
    browser.open(server.console().resolve("/lookup"));
    browser.one("input[name='q']").sendKeys("nobody", Keys.ENTER);

    browser.see("Nothing found");
  }
}
