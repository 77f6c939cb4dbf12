package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.EventStore;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code event}. */
final class JdbcEvents implements EventStore {
  private static final Logger log = LoggerFactory.getLogger(JdbcEvents.class);

  private static final String SELECT =
      "SELECT position, owned, caller, request_id, " + EventRows.COLUMNS + " FROM event";

  private final Database database;
  private final Dialect dialect;
  private final Publication publication;

  JdbcEvents(Database database, Publication publication) {
    this.database = database;
    this.dialect = database.dialect();
    this.publication = publication;
  }

  @Override
  public List<Event> add(List<NewEvent> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    Input rows = EventRows.of(events);
    List<Event> unknown =
        database.transaction(
            connection -> {
              List<Event> added = unknown(events, insert(connection, rows));
              Facts.ofEvents(added).write(connection, dialect);
              return added;
            });
    try {
      publication.events(events.stream().map(NewEvent::key).toList());
      Facts.ofEvents(unknown).writeEarlierSends(database);
    } catch (JournalUnavailableException e) {
      log.debug("journal: what follows from stored events is left for later", e);
    }
    return unknown;
  }

  /** Returns the keys of the events that were not known. */
  private Set<String> insert(Connection connection, Input rows) throws SQLException {
    Set<String> inserted = new HashSet<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO event ("
                + EventRows.COLUMNS
                + ", owned, caller, request_id) SELECT "
                + EventRows.COLUMNS
                + ", false, '', '' FROM "
                + dialect.table(rows)
                + " WHERE true ORDER BY place ON CONFLICT (event_key) DO NOTHING RETURNING"
                + " event_key")) {
      dialect.bind(statement, 1, rows);
      try (ResultSet keys = statement.executeQuery()) {
        while (keys.next()) {
          inserted.add(keys.getString(1));
        }
      }
    }
    return inserted;
  }

  /** The first one of each key counts. */
  private static List<Event> unknown(List<NewEvent> events, Set<String> inserted) {
    List<Event> unknown = new ArrayList<>();
    for (NewEvent each : events) {
      if (inserted.remove(each.key())) {
        unknown.add(each.event());
      }
    }
    return unknown;
  }

  @Override
  public int publishOrphans(Instant before, int limit) {
    return publication.orphans(before, limit);
  }

  /**
   * First the last position, then the events, then what was forgotten: each query sees at least
   * what the one before saw.
   */
  @Override
  public EventPage read(long position, int limit) {
    return database.read(
        connection -> {
          long last = ofJournal(connection, "last_position");
          if (position > last) {
            throw CursorExpiredException.beyond();
          }
          List<StoredEvent> events = events(connection, position, limit);
          if (position < ofJournal(connection, "pruned_through")) {
            throw new CursorExpiredException("events after the cursor are no longer kept");
          }
          long end = events.isEmpty() ? position : events.get(events.size() - 1).position();
          return new EventPage(events, events.size() < limit ? Math.max(end, last) : end);
        });
  }

  private static List<StoredEvent> events(Connection connection, long position, int limit)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(SELECT + " WHERE position > ? ORDER BY position LIMIT ?")) {
      statement.setLong(1, position);
      statement.setInt(2, limit);
      return events(statement);
    }
  }

  private static List<StoredEvent> events(PreparedStatement statement) throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        events.add(
            new StoredEvent(
                rows.getLong("position"),
                EventRows.read(rows),
                rows.getBoolean("owned"),
                rows.getString("caller"),
                rows.getString("request_id")));
      }
    }
    return events;
  }

  @Override
  public List<StoredEvent> answers(String appId, String openId, int limit) {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  SELECT
                      + " WHERE open_id = ? AND app_id = ? AND answer IS NOT NULL AND position IS"
                      + " NOT NULL ORDER BY occurred_at DESC, position DESC LIMIT ?")) {
            statement.setString(1, openId);
            statement.setString(2, appId);
            statement.setInt(3, limit);
            return events(statement);
          }
        });
  }

  @Override
  public List<StoredEvent> receipts(String appId, String messageId) {
    return database.read(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  SELECT
                      + " WHERE message_id = ? AND app_id = ? AND position IS NOT NULL ORDER BY"
                      + " id")) {
            statement.setString(1, messageId);
            statement.setString(2, appId);
            return events(statement);
          }
        });
  }

  @Override
  public long last() {
    return database.read(connection -> ofJournal(connection, "last_position"));
  }

  /**
   * Halves the range of positions: the latest receipt up to a position never falls as positions
   * rise, although the receipts themselves do.
   */
  @Override
  public long before(Instant time) {
    long micros = Times.micros(time);
    return database.read(
        connection -> {
          long high = ofJournal(connection, "last_position");
          long low = Math.min(high, ofJournal(connection, "pruned_through"));
          while (low < high) {
            long middle = low + (high - low + 1) / 2;
            Mark mark = Mark.upTo(connection, middle);
            if (mark.receivedThrough < micros) {
              low = middle;
            } else {
              high = Math.max(low, mark.position - 1);
            }
          }
          return low;
        });
  }

  /**
   * The newest event up to a position.
   *
   * @param position its position
   * @param receivedThrough the latest receipt of all events up to it
   */
  private record Mark(long position, long receivedThrough) {
    static Mark upTo(Connection connection, long position) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT position, received_through FROM event WHERE position <= ? ORDER BY position"
                  + " DESC LIMIT 1")) {
        statement.setLong(1, position);
        try (ResultSet row = statement.executeQuery()) {
          return row.next()
              ? new Mark(row.getLong(1), row.getLong(2))
              : new Mark(0, Long.MIN_VALUE); // All of them were forgotten.
        }
      }
    }
  }

  private static long ofJournal(Connection connection, String column) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT " + column + " FROM journal");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
