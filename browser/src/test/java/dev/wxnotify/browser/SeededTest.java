package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every page of a server that was used for a while. */
@ExtendWith(PagesExtension.class)
class SeededTest {
  private static ServerUnderTest server;

  @BeforeAll
  static void start() {
    server = ServerUnderTest.start();
    Seed.fill(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void seed_isReceivedAsWritten() {
    SandboxCalls sandbox = new SandboxCalls(server);
    assertThat(sandbox.get("/sandbox/messages?limit=100").getAsJsonArray("messages")).hasSize(10);
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void accessibility_hasNoViolation(Language language, Browser browser) {
    Axe axe = Axe.read();
    List<String> violations = new ArrayList<>();
    for (Place place : Place.all(browser, server)) {
      for (Scheme scheme : Scheme.values()) {
        browser.prefer(language, scheme);
        browser.open(place.address());
        axe.violations(browser)
            .forEach(each -> violations.add(place.name() + ", " + scheme + ": " + each));
      }
    }
    assertThat(violations).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Screen.class)
  void width_isThatOfTheScreen(Screen screen, Browser browser) {
    browser.resize(screen);
    List<String> tooWide = new ArrayList<>();
    for (Language language : Language.values()) {
      browser.prefer(language, Scheme.LIGHT);
      for (Place place : Place.all(browser, server)) {
        browser.open(place.address());
        Object width = browser.run("return document.documentElement.scrollWidth");
        if (!Long.valueOf(screen.width).equals(width)) {
          tooWide.add(place.name() + ", " + language + ": " + width);
        }
      }
    }
    assertThat(tooWide).isEmpty();
  }

  @Test
  void language_isThatOfTheBrowserUntilItIsSwitched(Browser browser) {
    for (var site : List.of(server.inbox(), server.console())) {
      browser.prefer(Language.CHINESE, Scheme.LIGHT);
      browser.open(site);
      assertThat(browser.one("html").getDomAttribute("lang")).isEqualTo("zh-CN");

      browser.submit(browser.one("button[name='lang'][value='en']"));

      assertThat(browser.one("html").getDomAttribute("lang")).isEqualTo("en");
      browser.open(site);
      assertThat(browser.one("html").getDomAttribute("lang")).isEqualTo("en");
      browser.submit(browser.one("button[name='lang'][value='zh-CN']"));
      assertThat(browser.one("html").getDomAttribute("lang")).isEqualTo("zh-CN");
      browser.reset();
    }
  }

  @Test
  void scheme_isThatOfTheSystemUntilItIsSwitched(Browser browser) {
    for (var site : List.of(server.inbox(), server.console())) {
      browser.open(site);
      assertThat(brightness(browser)).isGreaterThan(200);
      browser.prefer(Language.ENGLISH, Scheme.DARK);
      assertThat(brightness(browser)).isLessThan(60);

      browser.submit(browser.one("button[name='scheme'][value='light']"));
      assertThat(brightness(browser)).isGreaterThan(200);

      browser.prefer(Language.ENGLISH, Scheme.LIGHT);
      browser.submit(browser.one("button[name='scheme'][value='dark']"));
      assertThat(brightness(browser)).isLessThan(60);
      browser.submit(browser.one("button[name='scheme'][value='auto']"));
      assertThat(brightness(browser)).isGreaterThan(200);
      browser.reset();
    }
  }

  /** Returns how bright the background of the page is, from 0 to 255. */
  private static double brightness(Browser browser) {
    return browser.number(
        """
        const canvas = document.createElement('canvas').getContext('2d');
        for (const part of [document.documentElement, document.body]) {
          canvas.fillStyle = getComputedStyle(part).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
        return 0.2 * red + 0.7 * green + 0.1 * blue;
        """);
  }
}
