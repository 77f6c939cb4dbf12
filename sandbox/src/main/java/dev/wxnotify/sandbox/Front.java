package dev.wxnotify.sandbox;

import dev.wxnotify.web.Assets;
import dev.wxnotify.web.HostCheck;
import dev.wxnotify.web.OriginCheck;
import dev.wxnotify.web.PageRequest;
import dev.wxnotify.web.PreferencesForm;
import org.jspecify.annotations.Nullable;

/**
 * Decides who answers a request: WeChat, the control calls or the pages. What is the sandbox's own
 * is protected: a page of another site, open in a browser on this machine, must neither read it nor
 * change it. WeChat's paths are for everybody, as WeChat's are.
 */
final class Front {

  private final FakeWeChat weChat;
  private final ControlApi control;
  private final SandboxPages pages;
  private final InboxWorkers workers;
  private final HostCheck hosts;
  private final OriginCheck origins = new OriginCheck();

  Front(
      FakeWeChat weChat,
      ControlApi control,
      SandboxPages pages,
      InboxWorkers workers,
      HostCheck hosts) {
    this.weChat = weChat;
    this.control = control;
    this.pages = pages;
    this.workers = workers;
    this.hosts = hosts;
  }

  /**
   * With all that the sandbox has.
   *
   * @param address of the server that the pages show in commands
   */
  static Front of(SandboxOptions options, FakeWeChat weChat, Inbox inbox, ServerAddress address) {
    ControlMessages messages =
        new ControlMessages(weChat, options.kept(), inbox.waits(), inbox.workers());
    return new Front(
        weChat,
        new ControlApi(weChat, messages, new ControlEvents(weChat.log(), inbox)),
        new InboxPages(weChat, options, address),
        inbox.workers(),
        new HostCheck(options.allowedHosts()));
  }

  /** True for the paths that WeChat does not have. */
  static boolean owns(String path) {
    return path.equals("/")
        || ControlApi.owns(path)
        || path.equals("/inbox")
        || path.startsWith("/inbox/")
        || path.startsWith(Assets.PATH)
        || path.equals(PreferencesForm.PATH);
  }

  /**
   * The reply to a call.
   *
   * @param own the same request as pages see it, for the paths that {@link #owns} names; null for
   *     all others
   */
  Reply reply(Call call, @Nullable PageRequest own) {
    if (own == null) {
      return weChat.answer(call);
    }
    if (ControlApi.owns(call.path())) {
      return controlled(call, own);
    }
    return hosts
        .refusal(own)
        .or(() -> origins.refusal(own))
        .<Reply>map(Reply.Page::new)
        .orElseGet(() -> workers.reply(() -> new Reply.Page(pages.answer(own))));
  }

  private Reply controlled(Call call, PageRequest own) {
    if (hosts.refusal(own).isPresent()) {
      return ControlError.forbidden(
              "host",
              "host: "
                  + own.header("host")
                  + " (expected: an IP address, localhost, or a name given by --allowed-host)")
          .answer();
    }
    if (origins.refusal(own).isPresent()) {
      return ControlError.forbidden(
              "origin",
              "origin: " + own.header("origin") + " (expected: none, or that of the sandbox)")
          .answer();
    }
    return control.reply(call, own);
  }
}
