package dev.wxnotify.browser;

import static dev.wxnotify.browser.Sends.SECKILL;
import static dev.wxnotify.browser.Sends.message;
import static dev.wxnotify.browser.Sends.seckill;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.WebElement;

/** Who sees the console of a server with callers. */
@ExtendWith(PagesExtension.class)
class ConsoleAccessTest {
  private static final String OPERATOR = "operator-0123456789abcdef0123456789abcdef";
  private static final String SHOP = "shop-0123456789abcdef0123456789abcdef01234";
  private static final String[] PAGES = {
    "/", "/failures", "/lookup?q=with-callers-1", "/events", "/configuration", "/errors"
  };

  private static ServerUnderTest server;

  @BeforeAll
  static void start() throws GeneralSecurityException {
    server =
        ServerUnderTest.start(
            Map.of(
                "WXNOTIFY_GRPC_CALLERS_ADMIN_TOKEN_SHA256", sha256(OPERATOR),
                "WXNOTIFY_GRPC_CALLERS_ADMIN_OPERATOR", "true",
                "WXNOTIFY_GRPC_CALLERS_SHOP_TOKEN_SHA256", sha256(SHOP)),
            SHOP);
    Sends.send(server, "with-callers-1", message("user-of-shop", SECKILL, seckill("键盘")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String sha256(String token) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
  }

  private static URI page(String path) {
    return server.console().resolve(path);
  }

  private static void logIn(Browser browser, String token) {
    WebElement field = browser.one("input[name='token']");
    assertThat(field.getDomAttribute("type")).isEqualTo("password");
    Browser.type(field, token);
    browser.submit(browser.one("form[action='/login'] button"));
  }

  /** The browser's console names each answer that is not 2xx: those of a login, and no others. */
  private static void takeRefusals(Browser browser) {
    assertThat(browser.severe())
        .allSatisfy(entry -> assertThat(entry).containsPattern("status of 40[13]"));
  }

  private static void assertNothingIsShown(Browser browser) {
    assertThat(browser.text())
        .doesNotContain("user-of-shop", Sends.APP, "wxnotify.monitoring", "with-callers-1");
  }

  @Test
  void nobody_seesTheFormOnly(Browser browser) {
    for (String each : PAGES) {
      browser.open(page(each));
      browser.one("input[name='token']");
      assertNothingIsShown(browser);
    }
    takeRefusals(browser);
  }

  @Test
  void wrongToken_seesNothing(Browser browser) {
    browser.open(page("/"));

    logIn(browser, "wrong-0123456789abcdef0123456789abcdef");

    browser.see("does not belong to a caller");
    assertNothingIsShown(browser);
    browser.open(page("/events"));
    assertNothingIsShown(browser);
    takeRefusals(browser);
  }

  @Test
  void callerWithoutTheRight_seesNothing(Browser browser) {
    browser.open(page("/"));

    logIn(browser, SHOP);

    browser.one("input[name='token']");
    assertNothingIsShown(browser);
    takeRefusals(browser);
  }

  @Test
  void operator_seesThePageThatWasAskedFor_untilLoggedOut(Browser browser) {
    browser.open(page("/lookup?q=with-callers-1"));
    takeRefusals(browser);

    logIn(browser, OPERATOR);

    assertThat(browser.address()).isEqualTo(page("/lookup?q=with-callers-1"));
    browser.see("user-of-shop");
    for (String each : PAGES) {
      browser.open(page(each));
      assertThat(browser.all("input[name='token']")).isEmpty();
    }
    assertThat(browser.run("return document.cookie")).as("cookies of scripts").isEqualTo("");
    assertThat(browser.source()).doesNotContain(OPERATOR);

    browser.submit(browser.one("form[action='/logout'] button"));

    browser.one("input[name='token']");
    browser.open(page("/lookup?q=with-callers-1"));
    browser.one("input[name='token']");
    assertNothingIsShown(browser);
    takeRefusals(browser);
  }
}
