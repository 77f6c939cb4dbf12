package dev.wxnotify.testing;

import com.google.gson.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fake WeChat behind a {@link WxnotifyServer}.
 *
 * <p>What goes wrong can be asked for by the open id alone: a message to {@code sandbox-43101}
 * finds a user who did not subscribe, one to {@code sandbox-once-45011-alice} is told to slow down
 * once, and the receipt of one to {@code sandbox-push-lost-bob} never comes. The page {@code
 * docs/sandbox.md} of the project lists all of them.
 */
public final class FakeWeChat {
  /** The one app. */
  public static final String APP_ID = "wxsandbox000000001";

  /**
   * A template with {@code thing1}, {@code time2} and {@code thing3}; flash-sale reminders use it.
   */
  public static final String SECKILL_TEMPLATE = "sandbox-seckill-0123456789abcdefghijklmnopq";

  /**
   * A template with {@code character_string1}, {@code phrase2}, {@code amount3}, {@code date4} and
   * {@code thing5}.
   */
  public static final String ORDER_TEMPLATE = "sandbox-order-0123456789abcdefghijklmnopqrs";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ControlCalls http;
  private final AwaitedMessages awaited;

  FakeWeChat(URI url) {
    this.http = new ControlCalls(url);
    this.awaited = new AwaitedMessages(http);
  }

  /**
   * Returns where it is, for what is not here: its control calls are in {@code docs/sandbox.md}.
   */
  public URI url() {
    return http.url();
  }

  /** Returns the messages that it accepted since the last {@link #reset}, oldest first. */
  public List<SentMessage> messages() {
    return http.messages("");
  }

  /** Returns the messages to one user that it accepted since the last {@link #reset}. */
  public List<SentMessage> messagesTo(String openId) {
    return http.messages("&open_id=" + ControlCalls.encoded(openId));
  }

  /**
   * Waits at most 10 s until there is a message to one user since the last {@link #reset}, and
   * returns the newest. It returns within milliseconds of the message, so a test of something that
   * sends in the background neither sleeps nor polls.
   *
   * @throws AssertionError if there is none; it lists what came instead
   */
  public SentMessage awaitMessageTo(String openId) {
    return awaitMessageTo(openId, PATIENCE);
  }

  /** The same with another time. */
  public SentMessage awaitMessageTo(String openId, Duration most) {
    List<SentMessage> messages = awaitMessagesTo(openId, 1, most);
    return messages.get(messages.size() - 1);
  }

  /**
   * Waits until there are at least {@code count} messages to one user since the last {@link
   * #reset}, and returns all of them, oldest first.
   *
   * @throws AssertionError if there are fewer; it lists what came instead
   */
  public List<SentMessage> awaitMessagesTo(String openId, int count, Duration most) {
    return awaited.messagesTo(openId, count, most);
  }

  /** Returns a user, who allows and rejects messages. */
  public FakeUser user(String openId) {
    return new FakeUser(http, openId);
  }

  /**
   * Lets the next sends go wrong, whoever they are to.
   *
   * @param what {@code errcode=45009}, {@code latency=300}, {@code reset-after}, {@code http=502},
   *     {@code interim-103}, {@code surplus} …: see {@code docs/sandbox.md}
   * @param count how many of them
   */
  public void failSends(String what, int count) {
    JsonObject fault = new JsonObject();
    fault.addProperty("endpoint", "send");
    fault.addProperty("what", what);
    fault.addProperty("count", count);
    http.call("POST", "/sandbox/faults", fault);
  }

  /**
   * Lets the next receipts say that their message was not delivered. Each accepted message has a
   * receipt, which {@code client().events()} of the server shows within moments.
   *
   * @param count how many of them
   */
  public void failReceipts(int count) {
    JsonObject fault = new JsonObject();
    fault.addProperty("event", "sent");
    fault.addProperty("what", "failed");
    fault.addProperty("count", count);
    http.call("POST", "/sandbox/pushes/faults", fault);
  }

  /** Takes a user's subscription to a template away: sends get USER_NOT_SUBSCRIBED. */
  public void unsubscribe(String openId, String templateId) {
    subscribe(openId, templateId, "rejected", null);
  }

  /**
   * Gives a user a one-time subscription, in place of the boundless one that all have.
   *
   * @param credits how many messages it is good for
   */
  public void subscribe(String openId, String templateId, int credits) {
    subscribe(openId, templateId, "one_time", credits);
  }

  /**
   * Forgets messages, faults, subscriptions and receipts that have not come. The server's memory of
   * request ids stays.
   */
  public void reset() {
    http.call("POST", "/sandbox/reset", null);
  }

  private void subscribe(String openId, String templateId, String kind, @Nullable Integer credits) {
    JsonObject subscription = new JsonObject();
    subscription.addProperty("app_id", APP_ID);
    subscription.addProperty("open_id", openId);
    subscription.addProperty("template_id", templateId);
    subscription.addProperty("kind", kind);
    if (credits != null) {
      subscription.addProperty("credits", credits);
    }
    http.call("POST", "/sandbox/subscriptions", subscription);
  }
}
