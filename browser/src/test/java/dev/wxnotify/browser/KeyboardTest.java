package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

/** Everything can be done by the keyboard, and the focus is always seen. */
@ExtendWith(PagesExtension.class)
class KeyboardTest {
  private static final int MOST_STOPS = 400;

  /** Marks what has the focus, and describes it: its place in the document, how it is shown. */
  private static final String LOOK =
      """
      const focused = document.activeElement;
      if (!focused || focused === document.body) {
        return null;
      }
      const style = getComputedStyle(focused);
      const box = focused.getBoundingClientRect();
      const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
      const shadowed = style.boxShadow !== 'none';
      const isOnScreen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
          && box.top < innerHeight && box.left < innerWidth;
      const all = [...document.querySelectorAll('*')];
      return {
        place: all.indexOf(focused),
        what: focused.outerHTML.substring(0, 120),
        seen: isOnScreen && (outlined || shadowed)
      };
      """;

  /** What the pointer can use, and so the keyboard must. */
  private static final String USABLE =
      """
      const all = [...document.querySelectorAll('*')];
      return all.filter(each => each.matches(
              'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, '
              + 'textarea, summary')
          && each.checkVisibility({visibilityProperty: true})
          && !each.matches('input[type=radio]'))
        .map(each => all.indexOf(each));
      """;

  @Test
  void tabulator_goesToEverythingInOrderAndIsSeen(Browser browser, ServerUnderTest server) {
    Sends.send(server, "", Sends.message("keyboard-user", Sends.SECKILL, Sends.seckill("键盘")));
    // Its receipt would refresh the list, and take the focus from what is replaced.
    assertThat(
            new SandboxCalls(server)
                .get("/sandbox/messages?open_id=keyboard-user&receipt=delivered&wait=25s")
                .get("enough")
                .getAsBoolean())
        .as("the receipt is delivered")
        .isTrue();
    for (URI page :
        List.of(
            server.inbox(),
            server.inbox().resolve("/inbox/users?q=keyboard-user"),
            server.inbox().resolve("/inbox/faults"),
            server.console(),
            server.console().resolve("/lookup?q=keyboard-user"),
            server.console().resolve("/events"))) {
      browser.open(page);
      Object usable = browser.run(USABLE);
      List<Object> places = new ArrayList<>();
      List<String> unseen = new ArrayList<>();
      for (int i = 0; i < MOST_STOPS; i++) {
        browser.press(Keys.TAB);
        if (!(browser.run(LOOK) instanceof java.util.Map<?, ?> stop)
            || places.contains(stop.get("place"))) {
          break;
        }
        places.add(Objects.requireNonNull(stop.get("place")));
        if (!Boolean.TRUE.equals(stop.get("seen"))) {
          unseen.add(String.valueOf(stop.get("what")));
        }
      }
      assertThat(unseen).as("focus that is not seen on %s", page).isEmpty();
      assertThat(places).as("the order of %s", page).isSortedAccordingTo(KeyboardTest::compare);
      assertThat(places).as("what the keyboard reaches on %s", page).containsAll((List<?>) usable);
    }
  }

  private static int compare(Object one, Object other) {
    return Long.compare((Long) one, (Long) other);
  }

  @Test
  void skipLink_isTheFirstStopAndGoesToTheContent(Browser browser, ServerUnderTest server) {
    for (URI page : List.of(server.inbox(), server.console())) {
      browser.open(page);

      browser.press(Keys.TAB);
      assertThat(browser.focused().getDomAttribute("href")).isEqualTo("#content");
      browser.press(Keys.ENTER);

      assertThat(browser.focused().getDomAttribute("id")).isEqualTo("content");
    }
  }
}
