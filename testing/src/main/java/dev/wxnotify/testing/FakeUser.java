package dev.wxnotify.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/**
 * A user of the Mini Program, who answers the dialogs of {@code wx.requestSubscribeMessage} and
 * changes the settings. The fake WeChat counts, and pushes each answer to the server as WeChat
 * does.
 *
 * <pre>{@code
 * FakeUser alice = wxnotify.weChat().user("alice");
 * alice.allows(FakeWeChat.ORDER_TEMPLATE);  // Good for one message.
 * alice.rejects(FakeWeChat.ORDER_TEMPLATE); // Sends fail with USER_NOT_SUBSCRIBED.
 * }</pre>
 *
 * <p>A user who has not answered yet gets any number of messages.
 */
public final class FakeUser {
  private final ControlCalls http;
  private final String openId;

  FakeUser(ControlCalls http, String openId) {
    this.http = http;
    this.openId = openId;
  }

  /** Returns the open id. */
  public String openId() {
    return openId;
  }

  /**
   * The user taps 允许 in a dialog with these templates: one message more of each one-time template,
   * any number of a long-term one.
   *
   * @throws IllegalArgumentException if there is no such template
   */
  public void allows(String... templateIds) {
    answer("allow", "popup", 1, templateIds);
  }

  /**
   * The user taps 允许 in several dialogs with these templates.
   *
   * @param times at most 100
   */
  public void allows(int times, String... templateIds) {
    answer("allow", "popup", times, templateIds);
  }

  /**
   * The user taps 拒绝 in a dialog with these templates. No message is left.
   *
   * @throws IllegalArgumentException if there is no such template
   */
  public void rejects(String... templateIds) {
    answer("reject", "popup", 1, templateIds);
  }

  /**
   * The user turns these templates off in the settings. No message is left.
   *
   * @throws IllegalArgumentException if there is no such template
   */
  public void turnsOff(String... templateIds) {
    answer("reject", "settings", 1, templateIds);
  }

  private void answer(String verb, String source, int times, String... templateIds) {
    JsonObject answer = new JsonObject();
    JsonArray ids = new JsonArray();
    for (String id : templateIds) {
      ids.add(id);
    }
    answer.add("template_ids", ids);
    answer.addProperty("source", source);
    if (times != 1) {
      answer.addProperty("count", times);
    }
    http.call("POST", "/sandbox/users/" + ControlCalls.encoded(openId) + "/" + verb, answer);
  }
}
