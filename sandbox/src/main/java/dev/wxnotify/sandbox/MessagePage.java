package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** One message with all that is known of it, and the form that pushes a receipt of it. */
final class MessagePage {

  private static final String FORM = "receipt";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final SandboxOptions options;
  private final ServerAddress server;
  private final ControlPushes pushes;
  private final MessageTimeline timeline;

  MessagePage(FakeWeChat weChat, InboxFrame frame, SandboxOptions options, ServerAddress server) {
    this.weChat = weChat;
    this.frame = frame;
    this.options = options;
    this.server = server;
    this.pushes = new ControlPushes(weChat);
    this.timeline = new MessageTimeline(weChat.pushes().log());
  }

  /**
   * The commands that send the message again.
   *
   * @param grpcurl empty if wxnotify makes no such request
   */
  record Commands(Optional<String> grpcurl, boolean knowsServer, String token, String curl) {}

  PageAnswer show(PageRequest request, String number) {
    return show(request, number, Form.EMPTY);
  }

  /** Pushes a receipt of the message; what it says is for a failure only. */
  PageAnswer receipt(PageRequest request, String number) {
    Form form = Form.of(FORM, request);
    InboxDetail detail = weChat.inbox().find(Long.parseLong(number));
    if (detail == null) {
      return gone(request);
    }
    FormJson fields = new FormJson(form).text("result");
    if (!form.value("result").equals("delivered")) {
      fields.text("error_code", "error_status");
    }
    try {
      pushes.receipt(detail.message().msgid(), fields.json());
      return InboxFrame.done("/inbox/messages/" + number, "receipt", "timeline");
    } catch (ControlError e) {
      return show(request, number, form.with(e));
    }
  }

  private PageAnswer show(PageRequest request, String number, Form form) {
    Map<String, Object> values = frame.values();
    InboxDetail detail = weChat.inbox().find(Long.parseLong(number));
    if (detail == null) {
      return gone(request);
    }
    InboxMessage message = detail.message();
    values.put("detail", detail);
    values.put("message", message);
    values.put("timeline", timeline.of(detail));
    values.put("commands", commands(request, detail));
    values.put("form", form);
    values.put("hasUrl", weChat.pushes().targets().containsKey(message.appId()));
    values.put("otherwise", weChat.pushes().failure());
    PageAnswer.Whole page = frame.answer(request, "message.title", number, "message", values);
    return form.failed(FORM) ? page.status(InboxFrame.WRONG_FORM) : page;
  }

  private PageAnswer gone(PageRequest request) {
    return frame.gone(request, "message.gone", "message.gone-hint", options.kept());
  }

  private Commands commands(PageRequest request, InboxDetail detail) {
    RawBody body = new RawBody(detail.requestBody().getBytes(StandardCharsets.UTF_8));
    String origin = FirstSteps.origin(request);
    String app = detail.message().appId();
    return new Commands(
        SendCommands.grpcurl(detail.message(), server),
        server.isKnown(),
        FirstSteps.token(origin, app, options),
        SendCommands.curl(origin, body));
  }
}
