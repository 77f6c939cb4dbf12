package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The filter of the page of pushes.
 *
 * @param kind the label of a {@link PushEventKind}, or empty for all
 * @param state a {@link SandboxPush.State} in lower case, or empty for all
 */
record PushFilter(String app, String user, String kind, String state) {

  static PushFilter of(PageRequest request) {
    return new PushFilter(
        request.query().getOrDefault("app", "").strip(),
        request.query().getOrDefault("user", "").strip(),
        request.query().getOrDefault("kind", ""),
        request.query().getOrDefault("state", ""));
  }

  boolean isEmpty() {
    return (app + user + kind + state).isEmpty();
  }

  boolean matches(Push push) {
    return (app.isEmpty() || app.equals(push.appId()))
        && push.content().openId().contains(user)
        && (kind.isEmpty() || kind.equals(push.content().kind().label()))
        && (state.isEmpty() || state.equals(ControlFields.lower(push.state())));
  }

  /** The page of the pushes before {@code id} that match; from the newest for 0. */
  String link(long id) {
    List<String> query = new ArrayList<>();
    add(query, "app", app);
    add(query, "user", user);
    add(query, "kind", kind);
    add(query, "state", state);
    add(query, "before", id == 0 ? "" : Long.toString(id));
    return "/inbox/pushes" + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private static void add(List<String> query, String name, String value) {
    if (!value.isEmpty()) {
      query.add(name + "=" + InboxFrame.encoded(value));
    }
  }
}
