package dev.wxnotify.testing;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;

/** Waits for messages, and says what came instead. */
final class AwaitedMessages {
  /** The fake WeChat waits no longer in one call. */
  private static final Duration ONE_CALL = Duration.ofSeconds(60);

  /** How many messages a failure lists. */
  private static final int LISTED = 10;

  private final ControlCalls http;

  AwaitedMessages(ControlCalls http) {
    this.http = http;
  }

  List<SentMessage> messagesTo(String openId, int count, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Duration wait = left.compareTo(ONE_CALL) > 0 ? ONE_CALL : left;
      JsonObject answer =
          http.call(
              "GET",
              "/sandbox/messages?limit=1000000&open_id=%s&count=%d&wait=%dms"
                  .formatted(ControlCalls.encoded(openId), count, wait.toMillis()),
              null,
              wait);
      if (answer.get("enough").getAsBoolean()) {
        return ControlCalls.read(answer);
      }
      if (left.equals(wait)) {
        throw new AssertionError(
            failure(openId, count, most, answer.getAsJsonArray("messages").size()));
      }
    }
  }

  private String failure(String openId, int count, Duration most, int came) {
    StringJoiner text = new StringJoiner("\n  ");
    JsonObject received = http.call("GET", "/sandbox/received?limit=" + LISTED, null);
    String instead =
        received.get("total").getAsInt() == 0
            ? "; nothing was sent at all"
            : "; of " + received.get("total").getAsInt() + " sends, the last:";
    text.add(
        (came == 0 ? "no message" : "only " + came + " of " + count + " messages")
            + " to "
            + openId
            + " within "
            + most.toMillis()
            + " ms"
            + instead);
    for (JsonElement one : received.getAsJsonArray("received")) {
      text.add(line(one.getAsJsonObject()));
    }
    return text.toString();
  }

  private static String line(JsonObject send) {
    String result = send.get("errcode").getAsInt() + " " + send.get("errmsg").getAsString();
    try {
      JsonObject body = JsonParser.parseString(send.get("body").getAsString()).getAsJsonObject();
      return "to %s, template %s: %s"
          .formatted(
              body.get("touser").getAsString(), body.get("template_id").getAsString(), result);
    } catch (RuntimeException e) {
      return "a request that is no message: " + result;
    }
  }
}
