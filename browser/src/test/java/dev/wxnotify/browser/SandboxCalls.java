package dev.wxnotify.browser;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The sandbox's control calls, for what a test needs and does not look at. */
final class SandboxCalls {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ServerUnderTest server;
  private final HttpClient http = HttpClient.newHttpClient();

  SandboxCalls(ServerUnderTest server) {
    this.server = server;
  }

  /** Makes a POST with a body of JSON; empty for none. */
  JsonObject post(String path, String body) {
    return call(
        HttpRequest.newBuilder(server.inbox().resolve(path)).POST(BodyPublishers.ofString(body)));
  }

  /** Makes a GET. */
  JsonObject get(String path) {
    return call(HttpRequest.newBuilder(server.inbox().resolve(path)));
  }

  private JsonObject call(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(answer.request().uri() + ": " + answer.body());
      }
      return JsonParser.parseString(answer.body()).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
