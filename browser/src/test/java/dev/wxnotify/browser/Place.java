package dev.wxnotify.browser;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of a seeded server.
 *
 * @param name of its pictures
 * @param address where it is
 */
record Place(String name, URI address) {

  /** Returns all pages of both. */
  static List<Place> all(Browser browser, ServerUnderTest server) {
    List<Place> places = new ArrayList<>();
    URI inbox = server.inbox();
    places.add(new Place("inbox-messages", inbox.resolve("/")));
    browser.open(inbox.resolve("/"));
    places.add(new Place("inbox-message", inbox.resolve(InboxPaths.ofMessage(browser, "A1004"))));
    places.add(new Place("inbox-users", inbox.resolve("/inbox/users")));
    places.add(new Place("inbox-pushes", inbox.resolve("/inbox/pushes")));
    browser.open(inbox.resolve("/inbox/pushes"));
    places.add(
        new Place("inbox-push", inbox.resolve(hrefOf(browser, "a[href^='/inbox/pushes/']"))));
    places.add(new Place("inbox-faults", inbox.resolve("/inbox/faults")));
    places.add(new Place("inbox-tokens", inbox.resolve("/inbox/tokens")));
    places.add(new Place("inbox-state", inbox.resolve("/inbox/state")));
    places.add(new Place("inbox-none", inbox.resolve("/inbox/messages?text=no-such-text")));
    URI console = server.console();
    places.add(new Place("console-overview", console.resolve("/")));
    places.add(new Place("console-app", console.resolve("/apps/" + Sends.APP)));
    places.add(new Place("console-failures", console.resolve("/failures")));
    places.add(new Place("console-lookup", console.resolve("/lookup")));
    places.add(
        new Place("console-message", console.resolve("/lookup?q=" + Seed.FAILED_RECEIPT_REQUEST)));
    places.add(new Place("console-user", console.resolve("/lookup?q=li-lei")));
    places.add(new Place("console-events", console.resolve("/events")));
    places.add(new Place("console-configuration", console.resolve("/configuration")));
    places.add(new Place("console-errors", console.resolve("/errors")));
    return places;
  }

  /** Finds the link and reads it in one script: an event may replace it between two calls. */
  private static String hrefOf(Browser browser, String css) {
    browser.one(css);
    return String.valueOf(
        browser.run("return document.querySelector(arguments[0]).getAttribute('href')", css));
  }
}
