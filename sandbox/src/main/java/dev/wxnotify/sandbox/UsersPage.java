package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The users with what they have allowed, and the buttons that do what a user does. */
final class UsersPage {

  /** Each has a row for each template. */
  static final int MOST = 50;

  private static final String FORM = "users";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final ControlUsers users;

  UsersPage(FakeWeChat weChat, InboxFrame frame) {
    this.weChat = weChat;
    this.frame = frame;
    this.users = new ControlUsers(weChat);
  }

  PageAnswer show(PageRequest request) {
    return show(request, Form.EMPTY);
  }

  /** A user allows or rejects a template. */
  PageAnswer answer(PageRequest request) {
    Form form = Form.of(FORM, request);
    String openId = form.value("open_id").strip();
    boolean settings = form.value("source").equals("settings");
    FormJson fields =
        new FormJson(form).text("app_id", "source").list("template_id", "template_ids");
    try {
      int pushed;
      boolean allows = form.value("answer").equals("allow");
      if (allows) {
        pushed =
            users
                .allow(openId, (settings ? fields : fields.integer("count")).json())
                .path("pushes")
                .asInt();
      } else {
        pushed = users.reject(openId, fields.json()).path("pushes").asInt();
      }
      return InboxFrame.done(
          "/inbox/users?q=" + InboxFrame.encoded(form.value("q")),
          (allows ? "allowed." : "rejected.") + pushed,
          "user-" + openId);
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  private PageAnswer show(PageRequest request, Form form) {
    Map<String, Object> values = frame.values();
    String search = request.query().getOrDefault("q", form.value("q")).strip();
    List<InboxUser> found = weChat.inboxUsers().list("", search, MOST + 1);
    values.put("search", search);
    values.put("users", found.size() > MOST ? found.subList(0, MOST) : found);
    values.put("more", found.size() > MOST);
    values.put("form", form);
    values.put("apps", List.copyOf(new TreeSet<>(weChat.tokens().appIds())));
    values.put("templates", weChat.templates());
    values.put("targets", weChat.pushes().targets());
    PageAnswer.Whole page = frame.answer(request, "users.title", "users", values);
    return form.failed(FORM) ? page.status(InboxFrame.WRONG_FORM) : page;
  }
}
