package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalEntry.Receipt;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.MessageStore;
import dev.wxnotify.server.journal.Scope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code message}. Receipts are joined when messages are read.
 *
 * <p>Where the answer to a commit is lost, nobody knows whether the batch is there. Whoever adds it
 * again is answered by a look at the database, so that no message is there twice.
 */
final class JdbcMessages implements MessageStore {
  private static final Logger log = LoggerFactory.getLogger(JdbcMessages.class);

  private static final String SELECT =
      "SELECT m.sequence, m." + MessageRows.COLUMNS.replace(", ", ", m.") + " FROM message m";

  /** Not by an index: with one row to return, a planner may walk all messages, newest first. */
  private static final String NEWEST = " ORDER BY m.began_at + 0 DESC, m.sequence DESC LIMIT 1";

  private final Database database;
  private final Dialect dialect;
  private final Publication publication;

  /** The batch of which it is not known whether it is there; null for none. */
  private volatile @Nullable List<MessageRecord> inDoubt;

  private record MessageKey(String appId, String messageId) {}

  JdbcMessages(Database database, Publication publication) {
    this.database = database;
    this.dialect = database.dialect();
    this.publication = publication;
  }

  @Override
  public void add(List<MessageRecord> messages) {
    if (messages.isEmpty()) {
      return;
    }
    Input rows = MessageRows.of(messages);
    Facts facts = Facts.ofMessages(messages);
    try {
      if (!messages.equals(inDoubt) || !isStored(messages.get(0))) {
        database.transaction(
            connection -> {
              insert(connection, rows);
              facts.write(connection, dialect);
              return messages.size();
            });
      }
      inDoubt = null;
    } catch (JournalUnavailableException e) {
      inDoubt = messages;
      throw e;
    }
    try {
      publication.receiptsOf(messages);
      facts.writeEarlierSends(database);
    } catch (JournalUnavailableException e) {
      log.debug("journal: what follows from stored messages is left for later", e);
    }
  }

  /** A batch is there as a whole or not at all, so that one of its messages says which. */
  private boolean isStored(MessageRecord message) {
    Conditions where =
        new Conditions(dialect)
            .add("m.began_at = ?", Times.micros(message.beganAt()))
            .add("m.ended_at = ?", Times.micros(message.endedAt()))
            .add("m.open_id = ?", message.openId())
            .add("m.message_id = ?", message.messageId())
            .add("m.request_id = ?", message.requestId());
    return database.write(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(SELECT + where.where() + " LIMIT 10")) {
            where.bind(statement);
            return read(statement).stream().anyMatch(entry -> entry.message().equals(message));
          }
        });
  }

  private void insert(Connection connection, Input rows) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO message ("
                + MessageRows.COLUMNS
                + ") SELECT "
                + MessageRows.COLUMNS
                + " FROM "
                + dialect.table(rows))) {
      dialect.bind(statement, 1, rows);
      statement.executeUpdate();
    }
  }

  @Override
  public Optional<JournalEntry> findByMessageId(Scope scope, String messageId) {
    return newest(scope, "m.message_id = ?", messageId, "m.message_id <> ''");
  }

  @Override
  public Optional<JournalEntry> findByRequestId(Scope scope, String requestId) {
    return newest(scope, "m.request_id = ?", requestId, "m.request_id <> ''");
  }

  private Optional<JournalEntry> newest(
      Scope scope, String condition, String value, String indexed) {
    Conditions where = new Conditions(dialect).add(condition, value).add(indexed);
    MessageFilter.scope(where, scope);
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(SELECT + where.where() + NEWEST)) {
            where.bind(statement);
            return withReceipts(connection, read(statement)).stream().findFirst();
          }
        });
  }

  @Override
  public List<JournalEntry> list(MessageQuery query) {
    Conditions where = MessageFilter.of(dialect, query);
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  SELECT + where.where() + " ORDER BY m.began_at DESC, m.sequence DESC LIMIT ?")) {
            statement.setInt(where.bind(statement), query.limit());
            return withReceipts(connection, read(statement));
          }
        });
  }

  private static List<JournalEntry> read(PreparedStatement statement) throws SQLException {
    List<JournalEntry> entries = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        entries.add(new JournalEntry(rows.getLong("sequence"), MessageRows.read(rows), null));
      }
    }
    return entries;
  }

  /** A query of its own, so that the plan of the first one does not depend on it. */
  private List<JournalEntry> withReceipts(Connection connection, List<JournalEntry> entries)
      throws SQLException {
    Set<String> messageIds = new LinkedHashSet<>();
    for (JournalEntry each : entries) {
      if (!each.message().messageId().isEmpty()) {
        messageIds.add(each.message().messageId());
      }
    }
    if (messageIds.isEmpty()) {
      return entries;
    }
    Map<MessageKey, Receipt> receipts = receipts(connection, messageIds);
    return entries.stream()
        .map(
            each ->
                new JournalEntry(
                    each.sequence(),
                    each.message(),
                    receipts.get(
                        new MessageKey(each.message().appId(), each.message().messageId()))))
        .toList();
  }

  private Map<MessageKey, Receipt> receipts(Connection connection, Set<String> messageIds)
      throws SQLException {
    Map<MessageKey, Receipt> receipts = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT app_id, message_id, delivered, error_code, error_status, occurred_at FROM event"
                + " WHERE "
                + dialect.isOneOf("message_id")
                + " ORDER BY id")) {
      dialect.bind(statement, 1, messageIds);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          receipts.put(
              new MessageKey(rows.getString("app_id"), rows.getString("message_id")),
              new Receipt(EventRows.report(rows), Times.instant(rows.getLong("occurred_at"))));
        }
      }
    }
    return receipts;
  }
}
