package dev.wxnotify.browser;

/** Finds pages of the inbox. */
final class InboxPaths {
  private InboxPaths() {}

  /** Returns the page of the newest message that mentions {@code text}, from the list. */
  static String ofMessage(Browser browser, String text) {
    Object path =
        browser.run(
            """
            const links = [...document.querySelectorAll('a[href^="/inbox/messages/"]')];
            for (const link of links) {
              let part = link;
              while (part && part.querySelectorAll) {
                const others = new Set([...part.querySelectorAll('a[href^="/inbox/messages/"]')]
                    .map(each => each.getAttribute('href')));
                if (others.size > 1) {
                  break;
                }
                if (part.innerText.includes(arguments[0])) {
                  return link.getAttribute('href');
                }
                part = part.parentElement;
              }
            }
            return null;
            """,
            text);
    if (path == null) {
      throw new AssertionError("no link to a message with " + text + ":\n" + browser.text());
    }
    return path.toString();
  }
}
