package dev.wxnotify.client;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The gRPC service config that is published beside the contract, as this library uses it. */
final class ServiceConfig {
  static final String RESOURCE = "/wxnotify/v1/wxnotify_grpc_service_config.json";

  private static final Gson GSON = new Gson();

  private ServiceConfig() {}

  /**
   * Returns the published config in the types that gRPC requires, but a batch does not wait for a
   * connection: it reconnects by itself, and must learn that there is no connection.
   *
   * @param failFast whether single calls do not wait for a connection either
   */
  static Map<String, Object> load(boolean failFast) {
    JsonObject config = published();
    for (JsonElement each : config.getAsJsonArray("methodConfig")) {
      JsonObject methods = each.getAsJsonObject();
      if (failFast || methods.getAsJsonArray("name").toString().contains("\"BatchSend\"")) {
        methods.remove("waitForReady");
      }
    }
    return GSON.fromJson(config, new TypeToken<Map<String, Object>>() {}.getType());
  }

  private static JsonObject published() {
    try (InputStream in = ServiceConfig.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar");
      }
      return GSON.fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), JsonObject.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
