package dev.wxnotify.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  FakeWeChat(URI url) {
    this.url = url;
  }

  /**
   * Returns where it is, for what is not here: its control calls are in {@code docs/sandbox.md}.
   */
  public URI url() {
    return url;
  }

  /** Returns the messages that it accepted since the last {@link #reset}, oldest first. */
  public List<SentMessage> messages() {
    return sent("/sandbox/messages?limit=1000000");
  }

  /** Returns the messages to one user that it accepted since the last {@link #reset}. */
  public List<SentMessage> messagesTo(String openId) {
    return sent(
        "/sandbox/messages?limit=1000000&open_id="
            + URLEncoder.encode(openId, StandardCharsets.UTF_8));
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
    call("POST", "/sandbox/faults", fault);
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
    call("POST", "/sandbox/pushes/faults", fault);
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
    call("POST", "/sandbox/reset", null);
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
    call("POST", "/sandbox/subscriptions", subscription);
  }

  private List<SentMessage> sent(String path) {
    List<SentMessage> messages = new ArrayList<>();
    for (JsonElement one : call("GET", path, null).getAsJsonArray("messages")) {
      JsonObject message = one.getAsJsonObject();
      String body = message.get("body").getAsString();
      JsonObject sent = JsonParser.parseString(body).getAsJsonObject();
      Map<String, String> data = new LinkedHashMap<>();
      for (Map.Entry<String, JsonElement> value : sent.getAsJsonObject("data").entrySet()) {
        data.put(value.getKey(), value.getValue().getAsJsonObject().get("value").getAsString());
      }
      messages.add(
          new SentMessage(
              message.get("msgid").getAsString(),
              message.get("app_id").getAsString(),
              message.get("open_id").getAsString(),
              message.get("template_id").getAsString(),
              sent.has("page") ? sent.get("page").getAsString() : "",
              data,
              body));
    }
    return messages;
  }

  private JsonObject call(String method, String path, @Nullable JsonObject body) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(PATIENCE)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalArgumentException(method + " " + path + ": " + response.body());
      }
      return JsonParser.parseString(response.body()).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException("the fake WeChat does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the fake WeChat", e);
    }
  }
}
