package dev.wxnotify.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.wxnotify.client.EventListener;
import dev.wxnotify.client.EventWatch;
import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.DeliveryReport;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.SubscriptionChange;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Prints events as they come, one on each line, until it has what was asked for.
 *
 * <p>Its end is one of: all kept events were printed (the second heartbeat of a stream says so),
 * the server could not be reached at first, the watch ended, or nobody reads what is printed.
 */
final class EventPrinter implements EventListener {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Output output;
  private final boolean follow;
  private final CompletableFuture<Optional<SendFailure>> end = new CompletableFuture<>();

  /** Touched by the watch's thread only. */
  private boolean begun;

  /** Up to where everything is printed; empty before the first word of the server. */
  private volatile String cursor = "";

  private int heartbeats;

  EventPrinter(PrintWriter out, PrintWriter err, Output output, boolean follow) {
    this.out = out;
    this.err = err;
    this.output = output;
    this.follow = follow;
  }

  @Override
  public void onEvent(Event event) {
    if (end.isDone()) {
      return;
    }
    out.println(output == Output.JSON ? json(event) : text(event));
    out.flush();
    if (out.checkError()) { // A closed pipe, such as one to head.
      end.complete(Optional.empty());
    } else {
      cursor = event.getCursor();
    }
  }

  @Override
  public void onHeartbeat(String now) {
    if (end.isDone()) {
      return;
    }
    cursor = now;
    begun = true;
    heartbeats++;
    if (!follow && heartbeats > 1) {
      end.complete(Optional.empty());
    }
  }

  @Override
  public void onBroken(SendFailure cause, Duration pause) {
    heartbeats = 0;
    if (!begun) {
      end.complete(Optional.of(cause));
      return;
    }
    err.println(
        "wxnotify: the watch broke, and continues in "
            + Durations.text(pause)
            + ": "
            + cause.message());
    err.flush();
  }

  @Override
  public void onEnd(SendFailure why) {
    end.complete(Optional.of(why));
  }

  /** Waits for the end, says where to go on, and returns the exit code. */
  int await(EventWatch watch) throws InterruptedException {
    Optional<SendFailure> failure;
    try {
      failure = end.get();
    } catch (ExecutionException e) {
      throw new AssertionError("it never fails", e);
    }
    watch.close();
    sayCursor();
    return failure.map(why -> new SendReport(err).failedCall(why)).orElse(SendReport.EXIT_ACCEPTED);
  }

  /**
   * Not the watch's own cursor: that passes events which came after the end, or found no reader.
   */
  void sayCursor() {
    out.flush();
    if (!cursor.isEmpty()) {
      err.println("wxnotify: to continue from here: --cursor " + cursor);
      err.flush();
    }
  }

  private static String json(Event event) {
    try {
      return JsonFormat.printer()
          .preservingProtoFieldNames()
          .omittingInsignificantWhitespace()
          .print(event);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("an event holds no Any", e);
    }
  }

  private static String text(Event event) {
    List<String> parts = new ArrayList<>();
    parts.add(Timestamps.toString(event.getOccurredAt()));
    parts.add(String.format("%-9s", what(event)));
    parts.add(event.getAppId());
    parts.add(event.getOpenId());
    parts.add(event.getTemplateId());
    switch (event.getDetailCase()) {
      case DELIVERY -> addDelivery(event.getDelivery(), parts);
      case SUBSCRIPTION -> addSubscription(event.getSubscription(), parts);
      case DETAIL_NOT_SET -> {}
    }
    return String.join("  ", parts).replaceAll("\\p{Cntrl}+", " ");
  }

  private static String what(Event event) {
    return switch (event.getDetailCase()) {
      case DELIVERY -> WordConverter.word(event.getDelivery().getStatus(), "DELIVERY_STATUS_");
      case SUBSCRIPTION ->
          WordConverter.word(event.getSubscription().getAnswer(), "SUBSCRIPTION_ANSWER_");
      case DETAIL_NOT_SET -> "-";
    };
  }

  private static void addDelivery(DeliveryReport report, List<String> parts) {
    parts.add("message_id " + report.getMessageId());
    if (!report.getRequestId().isEmpty()) {
      parts.add("request_id " + report.getRequestId());
    }
    if (report.getStatus() != DeliveryStatus.DELIVERY_STATUS_DELIVERED) {
      parts.add("error " + report.getErrorCode() + " " + report.getErrorStatus());
    }
  }

  private static void addSubscription(SubscriptionChange change, List<String> parts) {
    parts.add("by " + WordConverter.word(change.getSource(), "SUBSCRIPTION_SOURCE_"));
    parts.add("'" + change.getRawAnswer() + "'");
  }
}
