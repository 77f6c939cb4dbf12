package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.util.Map;
import java.util.TreeMap;

/** The counts, and the form that resets everything. */
final class StatePage {

  private static final String FORM = "reset";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final ControlChanges changes;

  StatePage(FakeWeChat weChat, InboxFrame frame) {
    this.weChat = weChat;
    this.frame = frame;
    this.changes = new ControlChanges(weChat);
  }

  PageAnswer show(PageRequest request) {
    return show(request, Form.EMPTY);
  }

  /** Resets only what was confirmed: one click too many must not cost a test its messages. */
  PageAnswer reset(PageRequest request) {
    Form form = Form.of(FORM, request);
    if (!form.value("confirm").equals("yes")) {
      return show(request, form.with("confirm", ""));
    }
    changes.reset();
    return InboxFrame.done("/inbox/state", "reset", "");
  }

  private PageAnswer show(PageRequest request, Form form) {
    Map<String, Object> values = frame.values();
    SandboxState state = weChat.state();
    values.put("state", state);
    values.put("requests", new TreeMap<>(state.requests()));
    values.put("errcodes", new TreeMap<>(state.sendsByErrcode()));
    values.put("fetches", new TreeMap<>(state.tokenFetches()));
    values.put("templates", weChat.templates());
    values.put("form", form);
    PageAnswer.Whole page = frame.answer(request, "state.title", "state", values);
    return form.failed(FORM) ? page.status(InboxFrame.WRONG_FORM) : page;
  }
}
