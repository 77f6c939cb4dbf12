package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.web.PageAnswer;
import dev.wxnotify.web.PageRequest;
import java.util.Map;

/** The faults that are on, and the forms that switch them. */
final class FaultsPage {

  private static final String PAGE = "/inbox/faults";
  private static final String FORM = "fault";
  private static final String PUSH_FORM = "push-fault";

  private final FakeWeChat weChat;
  private final InboxFrame frame;
  private final ControlChanges changes;
  private final ControlPushFaults pushFaults;

  FaultsPage(FakeWeChat weChat, InboxFrame frame) {
    this.weChat = weChat;
    this.frame = frame;
    this.changes = new ControlChanges(weChat);
    this.pushFaults = new ControlPushFaults(weChat.pushes().faults());
  }

  PageAnswer show(PageRequest request) {
    return show(request, Form.EMPTY);
  }

  PageAnswer add(PageRequest request) {
    Form form = Form.of(FORM, request);
    try {
      changes.addFault(often(new FormJson(form).text("endpoint").kind("what", "argument", "what")));
      return InboxFrame.done(PAGE, "fault", "");
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  PageAnswer addOfPushes(PageRequest request) {
    Form form = Form.of(PUSH_FORM, request);
    try {
      pushFaults.add(often(new FormJson(form).text("event").kind("what", "argument", "what")));
      return InboxFrame.done(PAGE, "push-fault", "");
    } catch (ControlError e) {
      return show(request, form.with(e));
    }
  }

  /** Switches one fault off; if it has ended by itself meanwhile, that is as good. */
  PageAnswer remove(PageRequest request) {
    changes.removeFault(request.form().getOrDefault("fault", ""));
    return InboxFrame.done(PAGE, "fault-off", "");
  }

  PageAnswer removeOfPushes(PageRequest request) {
    pushFaults.remove(request.form().getOrDefault("fault", ""));
    return InboxFrame.done(PAGE, "fault-off", "");
  }

  PageAnswer clear() {
    changes.clearFaults();
    return InboxFrame.done(PAGE, "faults-cleared", "");
  }

  PageAnswer clearOfPushes() {
    pushFaults.clear();
    return InboxFrame.done(PAGE, "push-faults-cleared", "");
  }

  private PageAnswer show(PageRequest request, Form form) {
    Map<String, Object> values = frame.values();
    values.put("faults", weChat.faults().list());
    values.put("pushFaults", weChat.pushes().faults().list());
    values.put("form", form);
    PageAnswer.Whole page = frame.answer(request, "faults.title", "faults", values);
    return form.failed(FORM) || form.failed(PUSH_FORM) ? page.status(InboxFrame.WRONG_FORM) : page;
  }

  private static ObjectNode often(FormJson fields) {
    return fields.integer("count", "every").percent("probability").json();
  }
}
