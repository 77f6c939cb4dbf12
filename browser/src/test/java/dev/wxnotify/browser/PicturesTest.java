package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Takes pictures of all pages for people to look at, in {@code target/pictures}; and those of the
 * documentation, in {@code docs/pictures}, if {@code browser.renew-pictures} is set.
 */
@ExtendWith(PagesExtension.class)
class PicturesTest {
  private static final int MOST_HEIGHT = 4_000;
  private static final int MOST_BYTES = 200_000;
  private static final Path ALL = Path.of("target", "pictures");
  private static final Path DOCUMENTATION = Path.of("..", "docs", "pictures");

  /** What README and docs show, each in both languages. */
  private static final Map<String, Look> SHOWN =
      Map.of(
          "inbox-messages", new Look(Screen.DESKTOP, Scheme.LIGHT),
          "inbox-message", new Look(Screen.PHONE, Scheme.DARK),
          "console-overview", new Look(Screen.DESKTOP, Scheme.LIGHT),
          "console-message", new Look(Screen.DESKTOP, Scheme.DARK));

  private record Look(Screen screen, Scheme scheme) {}

  @Test
  @Timeout(300)
  void everyPage_isPhotographed(Browser browser) throws IOException {
    boolean renew = Boolean.getBoolean("browser.renew-pictures");
    try (ServerUnderTest server = ServerUnderTest.start()) {
      Seed.fill(server);
      List<Place> places = Place.all(browser, server);
      for (Language language : Language.values()) {
        for (Scheme scheme : Scheme.values()) {
          browser.prefer(language, scheme);
          for (Screen screen : Screen.values()) {
            browser.resize(screen);
            for (Place place : places) {
              browser.open(place.address());
              browser.photographWhole(
                  ALL.resolve(name(place, language, scheme, screen)), screen, MOST_HEIGHT);
              if (renew && new Look(screen, scheme).equals(SHOWN.get(place.name()))) {
                renew(browser, place.name() + "." + language.tag + ".png");
              }
            }
          }
        }
      }
    }
  }

  private static void renew(Browser browser, String name) throws IOException {
    Path file = DOCUMENTATION.resolve(name);
    browser.photograph(file);
    assertThat(Files.size(file)).as("bytes of %s", file).isLessThan(MOST_BYTES);
  }

  private static String name(Place place, Language language, Scheme scheme, Screen screen) {
    return String.join(
            "-", place.name(), language.tag, scheme.css(), screen.name().toLowerCase(Locale.ROOT))
        + ".png";
  }
}
