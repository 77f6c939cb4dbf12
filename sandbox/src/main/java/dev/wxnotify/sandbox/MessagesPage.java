package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The list of messages, newest first. */
final class MessagesPage {

  /** What a browser shows at once without delay, whatever the messages contain. */
  static final int PER_PAGE = 50;

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final SandboxOptions options;
  private final ServerAddress server;

  MessagesPage(FakeWeChat weChat, InboxFrame frame, SandboxOptions options, ServerAddress server) {
    this.weChat = weChat;
    this.frame = frame;
    this.options = options;
    this.server = server;
  }

  /**
   * What stands around the list.
   *
   * @param total how many messages are kept
   * @param apps of the sandbox
   * @param errcodes that messages got so far
   */
  record Choices(
      int total,
      int kept,
      List<String> apps,
      List<SandboxTemplate> templates,
      List<Integer> errcodes) {}

  PageAnswer show(PageRequest request) {
    Map<String, Object> values = frame.values();
    MessageFilter filter = MessageFilter.of(request);
    long before = number(request.query().getOrDefault("before", ""));
    InboxMessages.Part part =
        filter.isValid()
            ? weChat.inbox().list(filter.filter(), before, PER_PAGE)
            : new InboxMessages.Part(List.of(), 0);
    values.put("filter", filter);
    values.put("choices", choices());
    values.put("messages", part.messages());
    values.put("older", part.before() == 0 ? "" : filter.link(part.before()));
    values.put("newest", before > 0 ? filter.link(0) : "");
    values.put("server", server);
    values.put("commands", FirstSteps.of(weChat, options, server, request));
    return frame.answer(request, "messages.title", "messages", values);
  }

  private Choices choices() {
    return new Choices(
        weChat.inbox().total(),
        options.kept(),
        List.copyOf(new TreeSet<>(weChat.tokens().appIds())),
        weChat.templates(),
        weChat.state().sendsByErrcode().keySet().stream().filter(c -> c != 0).sorted().toList());
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
