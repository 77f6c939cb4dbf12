package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wxnotify.web.PageRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sandbox's own calls, under a path that WeChat does not have. No answer contains a token or a
 * secret.
 */
final class ControlApi {

  static final String ROOT = "/sandbox";

  /** Does one thing and returns its result. */
  private interface Action {
    ObjectNode run(Call call) throws ControlError;
  }

  /** Does one thing whose result is not there at once. */
  private interface LateAction {
    Reply run(Call call, PageRequest request) throws ControlError;
  }

  private final FakeWeChat weChat;
  private final Map<String, Map<String, LateAction>> actions = new LinkedHashMap<>();

  ControlApi(FakeWeChat weChat, ControlMessages messages, ControlEvents events) {
    this.weChat = weChat;
    ControlViews views = new ControlViews(weChat);
    ControlChanges changes = new ControlChanges(weChat);
    on("GET", "", call -> index());
    on("GET", "/state", call -> views.state());
    late("GET", "/messages", (call, request) -> messages.messages(call));
    on("GET", "/messages/{msgid}", messages::message);
    late("GET", "/received", (call, request) -> messages.received(call));
    on("GET", "/received/{number}", messages::send);
    late("GET", "/events", (call, request) -> events.stream(request));
    on("GET", "/open-ids", call -> views.openIds());
    on("GET", "/templates", call -> views.templates());
    on("GET", "/faults", call -> views.faults());
    on("GET", "/faults/kinds", call -> views.faultKinds());
    on("POST", "/faults", changes::addFault);
    on("DELETE", "/faults", call -> changes.clearFaults());
    on("POST", "/tokens/revoke", changes::revoke);
    on("POST", "/cloudbase/refresh", call -> changes.refreshHosting());
    on("POST", "/cloudbase/revoke", changes::revokeHosting);
    on("POST", "/subscriptions", changes::subscribe);
    ControlUsers users = new ControlUsers(weChat);
    on("POST", "/users/{open_id}/allow", users::allow);
    on("POST", "/users/{open_id}/reject", users::reject);
    ControlPushes pushes = new ControlPushes(weChat);
    on("GET", "/push", call -> pushes.settings());
    on("POST", "/push", pushes::change);
    on("DELETE", "/push", pushes::stop);
    on("GET", "/pushes", pushes::list);
    on("POST", "/pushes", pushes::push);
    on("POST", "/pushes/{id}/resend", pushes::resend);
    on("POST", "/messages/{msgid}/receipt", pushes::receipt);
    ControlPushFaults pushFaults = new ControlPushFaults(weChat.pushes().faults());
    on("GET", "/pushes/faults", call -> pushFaults.list());
    on("GET", "/pushes/faults/kinds", call -> pushFaults.kinds());
    on("POST", "/pushes/faults", pushFaults::add);
    on("DELETE", "/pushes/faults", call -> pushFaults.clear());
    on("POST", "/reset", call -> changes.reset());
  }

  /** True for the paths of the sandbox itself. */
  static boolean owns(String path) {
    return path.equals(ROOT) || path.startsWith(ROOT + "/");
  }

  Reply reply(Call call, PageRequest request) {
    try {
      return action(call).run(call, request);
    } catch (ControlError e) {
      return e.answer();
    }
  }

  private void on(String method, String path, Action action) {
    late(method, path, (call, request) -> Answer.control(200, action.run(call)));
  }

  private void late(String method, String path, LateAction action) {
    actions.computeIfAbsent(ROOT + path, p -> new LinkedHashMap<>()).put(method, action);
  }

  private LateAction action(Call call) throws ControlError {
    String path = call.path().equals(ROOT + "/") ? ROOT : call.path();
    Map<String, LateAction> methods = actions.get(ControlPaths.template(path));
    if (methods == null) {
      throw ControlError.notFound(call.path());
    }
    LateAction action = methods.get(call.method());
    if (action == null) {
      throw ControlError.wrongMethod(call.method(), String.join(" or ", methods.keySet()));
    }
    return action;
  }

  private ObjectNode index() {
    ObjectNode json = Json.object();
    ArrayNode calls = json.putArray("calls");
    actions.forEach(
        (path, methods) -> methods.keySet().forEach(method -> calls.add(method + " " + path)));
    ArrayNode apps = json.putArray("apps");
    weChat.tokens().appIds().stream().sorted().forEach(apps::add);
    return json;
  }
}
