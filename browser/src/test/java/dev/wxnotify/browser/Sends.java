package dev.wxnotify.browser;

import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Sends messages, as the callers of the service do. */
final class Sends {
  static final String APP = "wxsandbox000000001";
  static final String SECKILL = "sandbox-seckill-0123456789abcdefghijklmnopq";
  static final String ORDER = "sandbox-order-0123456789abcdefghijklmnopqrs";
  static final String DEVICE = "sandbox-device-0123456789abcdefghijklmnopqr";

  private Sends() {}

  /** Values that the template of flash sales takes. */
  static Map<String, String> seckill(String goods) {
    return Map.of("thing1", goods, "time2", "2026-11-24 20:00", "thing3", "数量有限，先到先得");
  }

  static SubscribeMessage message(String openId, String template, Map<String, String> data) {
    return SubscribeMessage.newBuilder()
        .setOpenId(openId)
        .setTemplateId(template)
        .setPage("pages/order?id=7")
        .putAllData(data)
        .build();
  }

  /** Sends one, and returns WeChat's id of it. */
  static String send(ServerUnderTest server, String requestId, SubscribeMessage message) {
    return server
        .client()
        .send(
            SendSubscribeMessageRequest.newBuilder()
                .setMessage(message)
                .setRequestId(requestId)
                .build())
        .getMessageId();
  }

  /** Sends one that is not accepted, and returns why. */
  static SendException fail(ServerUnderTest server, String requestId, SubscribeMessage message) {
    try {
      String id = send(server, requestId, message);
      throw new AssertionError(requestId + " was accepted, as " + id);
    } catch (SendException e) {
      return e;
    }
  }

  /** Sends many on one stream. */
  static void sendAll(ServerUnderTest server, List<SubscribeMessage> messages)
      throws InterruptedException {
    List<BatchSendRequest> items = new ArrayList<>();
    for (SubscribeMessage each : messages) {
      items.add(BatchSendRequest.newBuilder().setSubscribeMessage(each).build());
    }
    if (!server.client().batch().sendAll(items.iterator(), result -> {}).isAllAccepted()) {
      throw new AssertionError("not all messages were accepted");
    }
  }

  /** Sends one by grpcurl where the PATH has it, as the README says, and else by the client. */
  static void sendByHand(ServerUnderTest server, String openId, String goods) {
    if (!runGrpcurl(server, openId, goods)) {
      send(server, "", message(openId, SECKILL, seckill(goods)));
    }
  }

  private static boolean runGrpcurl(ServerUnderTest server, String openId, String goods) {
    String request =
        """
        {"message": {"open_id": "%s", "template_id": "%s", "data":
          {"thing1": "%s", "time2": "2026-11-24 20:00", "thing3": "数量有限，先到先得"}}}
        """
            .formatted(openId, SECKILL, goods);
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "grpcurl",
                  "-plaintext",
                  "-d",
                  request,
                  server.target(),
                  "wxnotify.v1.NotificationService/SendSubscribeMessage")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return false; // It is not there.
    }
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new AssertionError("grpcurl failed: " + output);
      }
      return true;
    } catch (IOException e) {
      throw new AssertionError("grpcurl failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while grpcurl runs", e);
    }
  }
}
