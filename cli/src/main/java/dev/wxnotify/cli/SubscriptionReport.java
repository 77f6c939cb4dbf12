package dev.wxnotify.cli;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.wxnotify.v1.Subscription;
import java.io.PrintWriter;
import java.util.List;

/** Prints subscriptions for a person, in a table. */
final class SubscriptionReport {
  private static final String NOTHING = "-";
  private static final List<String> HEADINGS =
      List.of("TEMPLATE", "STATE", "CREDITS", "ACCEPTED AT", "REJECTED AT", "REFUSED AT");

  private final PrintWriter out;

  SubscriptionReport(PrintWriter out) {
    this.out = out;
  }

  void print(List<Subscription> subscriptions) {
    if (subscriptions.isEmpty()) {
      out.println("nothing is known of this user");
      return;
    }
    TextTable table = new TextTable(HEADINGS);
    for (Subscription each : subscriptions) {
      table.add(
          List.of(
              each.getTemplateId(),
              WordConverter.word(each.getState(), "SUBSCRIPTION_STATE_"),
              each.hasKnownCredits() ? Integer.toString(each.getKnownCredits()) : NOTHING,
              time(each.hasLastAcceptedAt(), each.getLastAcceptedAt()),
              time(each.hasLastRejectedAt(), each.getLastRejectedAt()),
              time(each.hasLastRefusedAt(), each.getLastRefusedAt())));
    }
    table.print(out, "");
  }

  private static String time(boolean known, Timestamp time) {
    return known ? Timestamps.toString(time) : NOTHING;
  }
}
