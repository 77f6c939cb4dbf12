package dev.wxnotify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.v1.SubscribeMessage;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages stay quick, however much there is to show. */
@ExtendWith(PagesExtension.class)
class ManyMessagesTest {
  private static final int MESSAGES = 5_000;
  private static final double A_SECOND = 1_000;

  /** Odd, so that a median is one of them. */
  private static final int TRIES = 5;

  @Test
  void fiveThousandMessages_paintWithinASecond(Browser browser) throws InterruptedException {
    try (ServerUnderTest server = ServerUnderTest.start()) {
      List<SubscribeMessage> messages = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        messages.add(Sends.message("user-" + i, Sends.SECKILL, Sends.seckill("键盘 " + i)));
      }
      Sends.sendAll(server, messages);

      assertThat(firstPaint(browser, server.inbox())).isLessThan(A_SECOND);
      browser.see("5,000");
      assertThat(firstPaint(browser, server.inbox().resolve("/inbox/users"))).isLessThan(A_SECOND);
      assertThat(firstPaint(browser, server.inbox().resolve("/inbox/pushes"))).isLessThan(A_SECOND);
      assertThat(firstPaint(browser, server.console())).isLessThan(A_SECOND);
      assertThat(firstPaint(browser, server.console().resolve("/events"))).isLessThan(A_SECOND);
      browser.reset(); // A page whose server stops would say that its stream broke off.
    }
  }

  /** Returns the median of some loads, in milliseconds: a shared machine stalls now and then. */
  private static double firstPaint(Browser browser, URI page) {
    List<Double> paints = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      browser.open(page);
      String script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
      Await.until("something is painted", () -> browser.run(script) != null);
      paints.add(browser.number(script));
    }
    Collections.sort(paints);
    System.out.println("first paint of " + page.getPath() + ": " + paints + " ms");
    return paints.get(TRIES / 2);
  }
}
