package dev.wxnotify.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.sandbox.Sandbox;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.config.ConfigLoader;
import dev.wxnotify.server.config.Configuration;
import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.server.tracing.TracingSettings;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The whole server on real sockets, with a sandbox behind it and a channel to it. */
final class RunningServer implements AutoCloseable {
  /**
   * The transport of servers in this JVM. A JVM that had started and stopped hundreds of io_uring
   * loops died twice in native code, while malloc ended a thread. So io_uring is for the tests that
   * name it, and for servers in processes of their own, which start once.
   */
  static final String TRANSPORT =
      System.getProperty(
          "wxnotify.test.transport", Transport.EPOLL.whyNot() == null ? "epoll" : "nio");

  private final Sandbox sandbox;
  private final NotificationServer server;
  private final ManagedChannel channel;

  private RunningServer(Sandbox sandbox, NotificationServer server, ManagedChannel channel) {
    this.sandbox = sandbox;
    this.server = server;
    this.channel = channel;
  }

  static RunningServer start() throws Exception {
    return start(SandboxOptions.defaults(), Map.of());
  }

  /**
   * Starts.
   *
   * @param keys configuration that adds to or replaces the tests' own
   */
  static RunningServer start(SandboxOptions options, Map<String, String> keys) throws Exception {
    return start(options, keys, Map.of());
  }

  /**
   * Starts.
   *
   * @param variables the variables of OpenTelemetry
   */
  static RunningServer start(
      SandboxOptions options, Map<String, String> keys, Map<String, String> variables)
      throws Exception {
    Sandbox sandbox = Sandbox.start(options);
    Map<String, String> all = connections(sandbox);
    all.put("wxnotify.apps.shop.app-id", SandboxOptions.APP_ID);
    if (!keys.containsKey("wxnotify.apps.shop.app-secret-file")
        && !keys.containsKey("wxnotify.apps.shop.token.source")) {
      all.put("wxnotify.apps.shop.app-secret", SandboxOptions.APP_SECRET);
    }
    all.putAll(keys);
    NotificationServer server =
        new NotificationServer(
            ConfigLoader.load(null, Map.of(), all), TracingSettings.of(variables));
    return start(sandbox, server);
  }

  /**
   * Starts a server whose apps and callers follow a file.
   *
   * @param keys configuration beside the file, and preferred to it; no app is in it by itself
   */
  static RunningServer follow(SandboxOptions options, Path file, Map<String, String> keys)
      throws Exception {
    Sandbox sandbox = Sandbox.start(options);
    Map<String, String> all = connections(sandbox);
    all.putAll(keys);
    return start(
        sandbox,
        new NotificationServer(Configuration.load(file, Map.of(), all, settings -> {}), null));
  }

  private static Map<String, String> connections(Sandbox sandbox) {
    Map<String, String> keys = new HashMap<>();
    keys.put("wxnotify.grpc.port", "0");
    keys.put("wxnotify.monitoring.port", "0");
    keys.put("wxnotify.io.transport", TRANSPORT);
    keys.put("wxnotify.wechat.base-url", sandbox.baseUrl().toString());
    return keys;
  }

  private static RunningServer start(Sandbox sandbox, NotificationServer server) throws Exception {
    try {
      server.start();
    } catch (IOException e) {
      sandbox.close();
      throw e;
    }
    return new RunningServer(
        sandbox,
        server,
        NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build());
  }

  Sandbox sandbox() {
    return sandbox;
  }

  /** Returns the port of gRPC. */
  int port() {
    return server.grpcPort();
  }

  /** Returns the address of a page on the monitoring port. */
  URI monitoring(String path) {
    return URI.create("http://127.0.0.1:" + server.monitoringPort() + path);
  }

  /** Returns the port of WeChat's pushes. */
  int pushPort() {
    return server.pushPort();
  }

  ManagedChannel channel() {
    return channel;
  }

  NotificationServiceGrpc.NotificationServiceBlockingStub blocking() {
    return NotificationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  NotificationServiceGrpc.NotificationServiceFutureStub future() {
    return NotificationServiceGrpc.newFutureStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  NotificationServiceGrpc.NotificationServiceStub async() {
    return NotificationServiceGrpc.newStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** A message that the sandbox accepts, unless the open id selects a failure. */
  static SubscribeMessage messageTo(String openId) {
    return SubscribeMessage.newBuilder()
        .setOpenId(openId)
        .setTemplateId(SandboxTemplates.SECKILL_TEMPLATE_ID)
        .putData("thing1", "Coffee")
        .putData("time2", "2026-11-24 20:00")
        .putData("thing3", "soon")
        .build();
  }

  static SendSubscribeMessageRequest requestTo(String openId) {
    return SendSubscribeMessageRequest.newBuilder().setMessage(messageTo(openId)).build();
  }

  /** Returns all details of one type in a failure. */
  static <T extends com.google.protobuf.Message> List<T> details(
      StatusRuntimeException failure, Class<T> type) throws InvalidProtocolBufferException {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    List<T> found = new ArrayList<>();
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(type)) {
          found.add(detail.unpack(type));
        }
      }
    }
    return found;
  }

  static SendError sendError(StatusRuntimeException failure) throws InvalidProtocolBufferException {
    List<SendError> errors = details(failure, SendError.class);
    if (errors.size() != 1) {
      throw new AssertionError("one SendError expected, not " + errors.size(), failure);
    }
    return errors.get(0);
  }

  void stopServer() {
    server.close();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    sandbox.close();
  }
}
