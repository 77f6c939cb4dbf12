package com.example;

import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendException;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import dev.wxnotify.v1.SubscribeMessage;

/** Sends one message and reports its outcome. */
public final class Send {
  private Send() {}

  public static void main(String[] args) {
    if (args.length != 2) {
      System.err.println("usage: Send HOST:PORT OPEN_ID");
      System.exit(64);
    }
    boolean accepted;
    try (NotificationClient client = NotificationClient.builder(args[0]).plaintext().build()) {
      accepted = send(client, args[1]);
    }
    System.exit(accepted ? 0 : 1);
  }

  private static boolean send(NotificationClient client, String openId) {
    SendSubscribeMessageRequest request =
        SendSubscribeMessageRequest.newBuilder()
            .setMessage(
                SubscribeMessage.newBuilder()
                    .setOpenId(openId)
                    .setTemplateId("sandbox-seckill-0123456789abcdefghijklmnopq")
                    .setPage("pages/order?id=7")
                    .putData("thing1", "咖啡 😀")
                    .putData("time2", "2026-11-24 20:00")
                    .putData("thing3", "see you"))
            .setRequestId("order-7/" + openId)
            .build();
    try {
      SendSubscribeMessageResponse response = client.send(request);
      System.out.printf(
          "accepted: message %s, replayed %b%n", response.getMessageId(), response.getReplayed());
      return true;
    } catch (SendException e) {
      explain(e);
      return false;
    }
  }

  private static void explain(SendException e) {
    switch (e.reason()) {
      case USER_NOT_SUBSCRIBED:
        System.out.println("the user has to subscribe again");
        break;
      case INVALID_REQUEST:
      case INVALID_TEMPLATE_DATA:
        e.failure()
            .fieldViolations()
            .forEach(wrong -> System.out.println(wrong.getField() + " " + wrong.getDescription()));
        break;
      case OUTCOME_UNKNOWN:
        System.out.println(
            "the user may have received it;"
                + " repeat the call with the same request id to learn the outcome");
        break;
      default:
        System.out.println(e.getMessage());
        e.retryAfter().ifPresent(wait -> System.out.println("retry in " + wait));
        break;
    }
  }
}
