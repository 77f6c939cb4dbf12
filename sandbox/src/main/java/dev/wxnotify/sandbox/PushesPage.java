package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The pushes, newest first, one of them with its attempts, and where they go. */
final class PushesPage {

  private static final int PER_PAGE = 50;
  private static final String PAGE = "/inbox/pushes";
  private static final String URL_FORM = "push-url";
  private static final String PUSH_FORM = "push";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final ControlPushes pushes;

  PushesPage(FakeWeChat weChat, InboxFrame frame) {
    this.weChat = weChat;
    this.frame = frame;
    this.pushes = new ControlPushes(weChat);
  }

  /**
   * Where the pushes of an app go.
   *
   * @param target null if it has no URL
   * @param verified what became of the verification of the URL; empty if there is none
   */
  record Target(String appId, @Nullable PushTarget target, String verified) {}

  PageAnswer show(PageRequest request) {
    return show(request, Form.EMPTY);
  }

  PageAnswer showOne(PageRequest request, String id) {
    Map<String, Object> values = frame.values();
    Push push = weChat.pushes().log().find(Long.parseLong(id));
    if (push == null) {
      return frame.gone(request, "push.gone", "push.gone-hint", PushLog.KEPT);
    }
    values.put("push", push.view());
    values.put("mode", mode(push));
    Long msgid = push.msgid();
    InboxDetail message = msgid == null ? null : weChat.inbox().findByMsgid(msgid);
    values.put("message", message == null ? 0L : message.message().number());
    return frame.answer(request, "push.title", id, "push", values);
  }

  /** Pushes once more: the same bytes, or anew. */
  PageAnswer resend(PageRequest request, String id) {
    try {
      long again = pushes.resend(id, request.form().containsKey("anew")).path("id").asLong();
      return InboxFrame.done(PAGE + "/" + again, "resent", "");
    } catch (ControlError e) {
      return frame.failed(request, e);
    }
  }

  /** Pushes something that is none of the three events. */
  PageAnswer push(PageRequest request) {
    Form form = Form.of(PUSH_FORM, request);
    try {
      pushes.push(new FormJson(form).text("app_id", "what", "open_id", "text").json());
      return InboxFrame.done(PAGE, "pushed", "");
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  /** Sets where the pushes of an app go, or stops them. */
  PageAnswer changeUrl(PageRequest request) {
    Form form = Form.of(URL_FORM, request);
    try {
      if (form.value("do").equals("stop")) {
        pushes.stop(new FormJson(form).text("app_id").json());
        return InboxFrame.done(PAGE, "push-stopped", "");
      }
      pushes.change(
          new FormJson(form).text("app_id", "url", "token", "aes_key", "mode", "format").json());
      return InboxFrame.done(PAGE, "push-settings", "");
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  private PageAnswer show(PageRequest request, Form form) {
    Map<String, Object> values = frame.values();
    PushFilter filter = PushFilter.of(request);
    long before = number(request.query().getOrDefault("before", ""));
    List<SandboxPush> found = new ArrayList<>();
    List<Push> all = weChat.pushes().log().list();
    for (int i = all.size() - 1; i >= 0 && found.size() <= PER_PAGE; i--) {
      Push push = all.get(i);
      if ((before == 0 || push.id() < before) && filter.matches(push)) {
        found.add(push.view());
      }
    }
    boolean more = found.size() > PER_PAGE;
    List<SandboxPush> shown = more ? found.subList(0, PER_PAGE) : found;
    values.put("filter", filter);
    values.put("pushes", shown);
    values.put("older", more ? filter.link(shown.get(PER_PAGE - 1).id()) : "");
    values.put("newest", before > 0 ? filter.link(0) : "");
    values.put("targets", targets());
    values.put("form", form);
    PageAnswer.Whole page = frame.answer(request, "pushes.title", "pushes", values);
    return form.failed(URL_FORM) || form.failed(PUSH_FORM)
        ? page.status(InboxFrame.WRONG_FORM)
        : page;
  }

  private List<Target> targets() {
    Map<String, PushTarget> urls = weChat.pushes().targets();
    Map<String, String> verified = weChat.state().pushes().verifications();
    return new TreeSet<>(weChat.tokens().appIds())
        .stream()
            .map(app -> new Target(app, urls.get(app), verified.getOrDefault(app, "")))
            .toList();
  }

  /** Which mode a push had: the text as it is, encrypted, or both. */
  private static String mode(Push push) {
    PushRequest request = push.request();
    if (request == null) {
      return "";
    }
    String body = request.body().text();
    if (!body.contains("Encrypt")) {
      return ControlFields.lower(PushMode.PLAIN);
    }
    return ControlFields.lower(body.contains("FromUserName") ? PushMode.COMPATIBLE : PushMode.SAFE);
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
