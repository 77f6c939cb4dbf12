package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import org.jspecify.annotations.Nullable;

/** The pages of the inbox. Nothing of them is made before the first page is asked for. */
final class InboxPages implements SandboxPages {

  private final FakeWeChat weChat;
  private final SandboxOptions options;
  private final ServerAddress server;
  private volatile @Nullable InboxRoutes routes;

  InboxPages(FakeWeChat weChat, SandboxOptions options, ServerAddress server) {
    this.weChat = weChat;
    this.options = options;
    this.server = server;
  }

  @Override
  public PageAnswer answer(PageRequest request) {
    InboxRoutes made = routes;
    if (made == null) {
      // Two threads may each make one; they are alike.
      made = new InboxRoutes(weChat, options, server);
      routes = made;
    }
    return made.answer(request);
  }
}
