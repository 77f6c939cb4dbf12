package com.example;

import com.google.protobuf.Timestamp;
import dev.wxnotify.client.EventListener;
import dev.wxnotify.client.EventWatch;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.DeliveryReport;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.WatchEventsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** Shows what WeChat reports after a send: receipts, and what users answer to dialogs. */
public final class Watch {
  private Watch() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: Watch HOST:PORT MINUTES_AGO COUNT");
      System.exit(64);
    }
    Instant since = Instant.now().minus(Duration.ofMinutes(Long.parseLong(args[1])));
    CountDownLatch enough = new CountDownLatch(Integer.parseInt(args[2]));
    // In real life: setCursor with the cursor of the last event that was processed.
    WatchEventsRequest request =
        WatchEventsRequest.newBuilder()
            .setSince(Timestamp.newBuilder().setSeconds(since.getEpochSecond()))
            .build();
    EventListener listener =
        new EventListener() {
          @Override
          public void onEvent(Event event) { // It may come twice after a break.
            if (enough.getCount() > 0) {
              show(event);
              enough.countDown();
            }
          }

          @Override
          public void onEnd(SendFailure why) { // Another attempt would fail too.
            System.err.println("the watch ended: " + why.message());
            System.exit(1);
          }
        };
    try (NotificationClient client = NotificationClient.builder(args[0]).plaintext().build();
        // It reconnects and resumes by itself.
        EventWatch watch = client.events().watch(request, listener)) {
      enough.await();
    }
  }

  private static void show(Event event) {
    if (event.hasDelivery()) {
      DeliveryReport report = event.getDelivery();
      System.out.println(
          report.getStatus()
              + ": message "
              + report.getMessageId()
              + ", request "
              + report.getRequestId()
              + ", "
              + report.getErrorStatus());
    } else if (event.hasSubscription()) {
      System.out.println(
          event.getSubscription().getAnswer()
              + ": user "
              + event.getOpenId()
              + ", template "
              + event.getTemplateId());
    }
  }
}
