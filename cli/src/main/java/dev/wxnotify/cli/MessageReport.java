package dev.wxnotify.cli;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.io.PrintWriter;
import java.util.List;

/** Prints messages for a person: one with everything, or many in a table. */
final class MessageReport {
  private static final String NOTHING = "-";
  private static final List<String> HEADINGS =
      List.of(
          "BEGAN AT",
          "OUTCOME",
          "REASON",
          "DELIVERY",
          "OPEN ID",
          "TEMPLATE",
          "REQUEST ID",
          "MESSAGE ID");

  private final PrintWriter out;

  MessageReport(PrintWriter out) {
    this.out = out;
  }

  void print(ListMessagesResponse page) {
    TextTable table = new TextTable(HEADINGS);
    for (Message message : page.getMessagesList()) {
      table.add(
          List.of(
              Timestamps.toString(message.getBeganAt()),
              outcome(message.getOutcome()),
              reason(message.getReason()),
              delivery(message.getDeliveryStatus()),
              message.getOpenId(),
              message.getTemplateId(),
              orNothing(message.getRequestId()),
              orNothing(message.getMessageId())));
    }
    table.print(out, "");
    out.println();
    int count = page.getMessagesCount();
    out.println(count + (count == 1 ? " message" : " messages"));
    if (!page.getNextPageToken().isEmpty()) {
      out.println("the next page: --page-token " + page.getNextPageToken());
    }
  }

  void print(Message message) {
    out.println(
        outcome(message.getOutcome())
            + (message.getReason() == ErrorReason.ERROR_REASON_UNSPECIFIED
                ? ""
                : "  " + reason(message.getReason())));
    line("message id", message.getMessageId());
    line("request id", message.getRequestId());
    line("app", message.getAppId());
    line("caller", message.getCaller());
    line("open id", message.getOpenId());
    line("template", message.getTemplateId());
    line("kind", WordConverter.word(message.getKind(), "MESSAGE_KIND_"));
    line("began at", time(message.getBeganAt()));
    line("ended at", time(message.getEndedAt()));
    line("attempts", Integer.toString(message.getAttempts()));
    if (message.hasWechatErrcode()) {
      line("errcode", message.getWechatErrcode() + "  " + message.getWechatErrmsg());
      line("rid", message.getWechatRid());
    }
    if (message.getDeliveryStatus() == DeliveryStatus.DELIVERY_STATUS_UNSPECIFIED) {
      line("delivery", mayBeDelivered(message) ? "no receipt yet" : "");
    } else {
      line(
          "delivery",
          delivery(message.getDeliveryStatus())
              + ", "
              + time(message.getDeliveryAt())
              + ", "
              + message.getDeliveryErrorCode()
              + " "
              + message.getDeliveryErrorStatus());
    }
  }

  private static boolean mayBeDelivered(Message message) {
    return message.getOutcome() == Outcome.OUTCOME_ACCEPTED
        || message.getOutcome() == Outcome.OUTCOME_UNKNOWN;
  }

  private void line(String name, String value) {
    if (!value.isEmpty()) {
      out.println(String.format("  %-12s%s", name, value.replaceAll("\\p{Cntrl}+", " ")));
    }
  }

  private static String time(Timestamp time) {
    return Timestamps.toString(time);
  }

  private static String outcome(Outcome outcome) {
    return outcome.name().replaceFirst("^OUTCOME_", "");
  }

  private static String reason(ErrorReason reason) {
    return reason == ErrorReason.ERROR_REASON_UNSPECIFIED ? NOTHING : reason.name();
  }

  private static String delivery(DeliveryStatus status) {
    return status == DeliveryStatus.DELIVERY_STATUS_UNSPECIFIED
        ? NOTHING
        : WordConverter.word(status, "DELIVERY_STATUS_");
  }

  private static String orNothing(String text) {
    return text.isEmpty() ? NOTHING : text;
  }
}
