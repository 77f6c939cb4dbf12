package com.example;

import dev.wxnotify.client.BatchReport;
import dev.wxnotify.client.NotificationClient;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.SeckillMessage;
import java.util.Iterator;
import java.util.stream.IntStream;

/** Sends a campaign. Stop it and start it again: finished items are replayed, the rest is sent. */
public final class Batch {
  private Batch() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 3) {
      System.err.println("usage: Batch HOST:PORT CAMPAIGN COUNT");
      System.exit(64);
    }
    Iterator<BatchSendRequest> items = // In practice: rows from a database, as they are read.
        IntStream.range(0, Integer.parseInt(args[2])).mapToObj(i -> item(args[1], i)).iterator();
    try (NotificationClient client = NotificationClient.builder(args[0]).plaintext().build()) {
      BatchReport report =
          client
              .batch()
              .sendAll(
                  items,
                  result ->
                      result
                          .failure()
                          .ifPresent(
                              failure ->
                                  System.err.println(
                                      result.request().getRequestId() + ": " + failure)));
      System.out.println(report + "; " + report.summary().getReplayed() + " replayed");
    }
  }

  private static BatchSendRequest item(String campaign, int i) {
    return BatchSendRequest.newBuilder()
        .setSeckillMessage(
            SeckillMessage.newBuilder()
                .setOpenId("user-" + i)
                .setGoodsName("Coffee")
                .setTime("2026-11-24 20:00")
                .setCorpId("1")
                .setCustomerId("2"))
        .setRequestId(campaign + "/" + i)
        .build();
  }
}
