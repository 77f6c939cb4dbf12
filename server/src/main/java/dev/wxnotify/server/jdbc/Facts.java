package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Input.number;
import static dev.wxnotify.server.jdbc.Input.text;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.SubscriptionFact;
import dev.wxnotify.server.journal.SubscriptionKey;
import dev.wxnotify.server.journal.SubscriptionTimes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch tells of subscriptions, merged: one statement for answers and refusals, and one for
 * sends. The latest time of each kind counts, so that facts may come in any order, and again.
 */
final class Facts {
  /** All transactions lock rows in one order, so that none waits for another in a circle. */
  private static final Comparator<Map.Entry<SubscriptionKey, SubscriptionTimes>> ORDER =
      Comparator.comparing(
          Map.Entry::getKey,
          Comparator.comparing(SubscriptionKey::openId)
              .thenComparing(SubscriptionKey::templateId)
              .thenComparing(SubscriptionKey::appId));

  private static final String IS_CLOSED_ONCE =
      "(subscription.rejected_at IS NOT NULL OR subscription.refused_at IS NOT NULL)";

  private static final int MOST_RECENT_SENDS = 100;

  private final List<Map.Entry<SubscriptionKey, SubscriptionTimes>> answers = new ArrayList<>();
  private final List<Map.Entry<SubscriptionKey, SubscriptionTimes>> closings = new ArrayList<>();
  private final List<Map.Entry<SubscriptionKey, SubscriptionTimes>> sends = new ArrayList<>();

  private Facts(Map<SubscriptionKey, SubscriptionTimes> merged) {
    for (Map.Entry<SubscriptionKey, SubscriptionTimes> each : merged.entrySet()) {
      SubscriptionTimes times = each.getValue();
      boolean isClosing = times.closedAt().isPresent();
      if (isClosing) {
        closings.add(each);
      }
      if (isClosing || times.accepted() != null) {
        answers.add(each);
      }
      if (times.sent() != null) {
        sends.add(each);
      }
    }
    answers.sort(ORDER);
    closings.sort(ORDER);
  }

  static Facts ofMessages(List<MessageRecord> messages) {
    Map<SubscriptionKey, SubscriptionTimes> merged = new HashMap<>(2 * messages.size());
    for (MessageRecord each : messages) {
      SubscriptionFact.of(each).ifPresent(fact -> merge(merged, fact));
    }
    return new Facts(merged);
  }

  static Facts ofEvents(List<Event> events) {
    Map<SubscriptionKey, SubscriptionTimes> merged = new HashMap<>();
    for (Event each : events) {
      SubscriptionFact.of(each).ifPresent(fact -> merge(merged, fact));
    }
    return new Facts(merged);
  }

  private static void merge(Map<SubscriptionKey, SubscriptionTimes> merged, SubscriptionFact fact) {
    merged.merge(
        fact.key(), SubscriptionTimes.NONE.with(fact), (before, ignored) -> before.with(fact));
  }

  /** Writes the facts as a part of a transaction. */
  void write(Connection connection, Dialect dialect) throws SQLException {
    if (!answers.isEmpty()) {
      writeAnswers(connection, dialect);
    }
    if (!sends.isEmpty()) {
      writeSends(connection, dialect);
    }
  }

  private void writeAnswers(Connection connection, Dialect dialect) throws SQLException {
    Input rows =
        Input.of(
            text("app_id", answers, each -> each.getKey().appId()),
            text("open_id", answers, each -> each.getKey().openId()),
            text("template_id", answers, each -> each.getKey().templateId()),
            number("accepted_at", answers, each -> Times.microsOrNull(each.getValue().accepted())),
            number("rejected_at", answers, each -> Times.microsOrNull(each.getValue().rejected())),
            number("refused_at", answers, each -> Times.microsOrNull(each.getValue().refused())));
    execute(
        connection,
        dialect,
        rows,
        "INSERT INTO subscription (app_id, open_id, template_id, accepted_at, rejected_at,"
            + " refused_at, updated_at) SELECT app_id, open_id, template_id, accepted_at,"
            + " rejected_at, refused_at, "
            + dialect.now()
            + " FROM "
            + dialect.table(rows)
            + " WHERE true ON CONFLICT (app_id, open_id, template_id) DO UPDATE SET "
            + later(dialect, "accepted_at")
            + later(dialect, "rejected_at")
            + later(dialect, "refused_at")
            + "updated_at = excluded.updated_at");
  }

  private static String later(Dialect dialect, String column) {
    return column + " = " + dialect.latest("subscription." + column, "excluded." + column) + ", ";
  }

  /** Only where the subscription was closed once: elsewhere nobody needs it. */
  private void writeSends(Connection connection, Dialect dialect) throws SQLException {
    Input rows =
        Input.of(
            text("app_id", sends, each -> each.getKey().appId()),
            text("open_id", sends, each -> each.getKey().openId()),
            text("template_id", sends, each -> each.getKey().templateId()),
            number("sent_at", sends, each -> Times.microsOrNull(each.getValue().sent())));
    execute(connection, dialect, rows, update(dialect, "input", dialect.table(rows)));
  }

  private static String update(Dialect dialect, String name, String from) {
    return "UPDATE subscription SET sent_at = "
        + name
        + ".sent_at, updated_at = "
        + dialect.now()
        + " FROM "
        + from
        + " WHERE "
        + sameKey(name)
        + " AND "
        + IS_CLOSED_ONCE
        + " AND (subscription.sent_at IS NULL OR subscription.sent_at < "
        + name
        + ".sent_at)";
  }

  private static String sameKey(String name) {
    return "subscription.app_id = "
        + name
        + ".app_id AND subscription.open_id = "
        + name
        + ".open_id AND subscription.template_id = "
        + name
        + ".template_id";
  }

  /**
   * Looks for sends that were stored before what closed their subscription, in a transaction of its
   * own: then it sees those that others stored at the same time.
   */
  void writeEarlierSends(Database database) {
    if (closings.isEmpty()) {
      return;
    }
    Dialect dialect = database.dialect();
    Input rows =
        Input.of(
            text("app_id", closings, each -> each.getKey().appId()),
            text("open_id", closings, each -> each.getKey().openId()),
            text("template_id", closings, each -> each.getKey().templateId()));
    String lastSends =
        "(SELECT input.app_id, input.open_id, input.template_id, (SELECT MAX(ended_at) FROM (SELECT"
            + " m.ended_at FROM message m WHERE m.open_id = input.open_id AND m.app_id ="
            + " input.app_id AND m.template_id = input.template_id AND m.outcome = 'ACCEPTED' ORDER"
            + " BY m.began_at DESC LIMIT "
            + MOST_RECENT_SENDS
            + ") AS recent) AS sent_at FROM "
            + dialect.table(rows)
            + ") AS last_send";
    database.transaction(
        connection -> {
          execute(connection, dialect, rows, update(dialect, "last_send", lastSends));
          return closings.size();
        });
  }

  private static void execute(Connection connection, Dialect dialect, Input rows, String sql)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      dialect.bind(statement, 1, rows);
      statement.executeUpdate();
    }
  }
}
