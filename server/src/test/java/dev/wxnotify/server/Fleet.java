package dev.wxnotify.server;

import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.server.testing.RedisServerExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Replicas started at the same time with the same configuration. */
final class Fleet implements AutoCloseable {
  private final List<ReplicaProcess> replicas = new ArrayList<>();

  private Fleet() {}

  /** Starts this many replicas and returns when all are ready. */
  static Fleet start(int count, Map<String, String> environment) throws Exception {
    Fleet fleet = new Fleet();
    try {
      for (int i = 0; i < count; i++) {
        fleet.replicas.add(ReplicaProcess.launch(environment));
      }
      for (ReplicaProcess replica : fleet.replicas) {
        replica.awaitReady();
      }
      return fleet;
    } catch (Exception | AssertionError e) {
      fleet.close();
      throw e;
    }
  }

  /** The environment of a server that sends to {@code weChat} and shares nothing. */
  static Map<String, String> environment(Sandbox weChat) {
    Map<String, String> environment = new HashMap<>();
    environment.put("WXNOTIFY_GRPC_PORT", "0");
    environment.put("WXNOTIFY_MONITORING_PORT", "0");
    environment.put("WXNOTIFY_WECHAT_BASE_URL", weChat.baseUrl().toString());
    environment.put("WXNOTIFY_APPS_SHOP_APP_ID", SandboxOptions.APP_ID);
    environment.put("WXNOTIFY_APPS_SHOP_APP_SECRET", SandboxOptions.APP_SECRET);
    return environment;
  }

  /**
   * The environment of a server that sends to {@code weChat} and shares through {@code redis}. Its
   * Redis timeouts are long, so that a test sees only the outages that it causes.
   */
  static Map<String, String> environment(Sandbox weChat, RedisServerExtension redis) {
    Map<String, String> environment = environment(weChat);
    environment.put("WXNOTIFY_REDIS_URL", redis.url());
    environment.put("WXNOTIFY_REDIS_COMMAND_TIMEOUT", "5s");
    return environment;
  }

  List<ReplicaProcess> replicas() {
    return replicas;
  }

  ReplicaProcess replica(int i) {
    return replicas.get(i);
  }

  @Override
  public void close() {
    replicas.forEach(ReplicaProcess::close);
  }
}
