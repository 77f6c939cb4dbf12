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

/** The control calls of the fake WeChat. */
final class ControlCalls {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  ControlCalls(URI url) {
    this.url = url;
  }

  URI url() {
    return url;
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * The accepted messages, oldest first.
   *
   * @param filter more parameters, each with an ampersand before it
   */
  List<SentMessage> messages(String filter) {
    return read(call("GET", "/sandbox/messages?limit=1000000" + filter, null));
  }

  /** Reads the messages of an answer. */
  static List<SentMessage> read(JsonObject answer) {
    List<SentMessage> messages = new ArrayList<>();
    for (JsonElement one : answer.getAsJsonArray("messages")) {
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

  /**
   * Makes a call.
   *
   * @throws IllegalArgumentException if the call is wrong; its text names the field
   */
  JsonObject call(String method, String path, @Nullable JsonObject body) {
    return call(method, path, body, Duration.ZERO);
  }

  /** Makes a call that takes up to {@code longer} to be answered. */
  JsonObject call(String method, String path, @Nullable JsonObject body, Duration longer) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(PATIENCE.plus(longer))
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
