package dev.wxnotify.server.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/** What differs between the SQL of two databases. */
interface Dialect {
  /** Returns the name for logs and errors. */
  String name();

  /** Returns the isolation that our connections are made with, by its name in JDBC. */
  String isolation();

  /** Returns the placeholders of the migrations. */
  Map<String, String> placeholders();

  /** Returns the table expression for rows with these columns, with the parameters that bind it. */
  String table(Input input);

  /**
   * Binds rows.
   *
   * @param at the number of the first parameter
   * @return the number of the next parameter
   */
  int bind(PreparedStatement statement, int at, Input input) throws SQLException;

  /** Returns the condition that a text is one of several, with one parameter. */
  String isOneOf(String text);

  /** Binds the parameter of {@link #isOneOf}. */
  void bind(PreparedStatement statement, int at, Collection<String> texts) throws SQLException;

  /** Returns the later of two times, neither of which may be NULL. */
  String greatest(String one, String other);

  /** Returns the database's time in microseconds. */
  String now();

  /** Returns what makes a SELECT lock its rows to the end of the transaction. */
  String forUpdate();

  /**
   * Returns a query with one truth: whether this transaction may forget old rows, now that no other
   * does.
   */
  String mayPrune();

  /** Tells what an error means. */
  Fault fault(SQLException e);

  /** Returns a text for people, without content and secrets. */
  String describe(SQLException e);

  /** What an error means. */
  enum Fault {
    /** The same transaction may succeed at once. */
    CONFLICT,
    /** A row can never be stored as it is. */
    CONTENT,
    /** Everything else: the database is not available, full, read-only, slow. */
    UNAVAILABLE
  }

  /** Returns the later of two times; NULL where both are. */
  default String latest(String one, String other) {
    return greatest("COALESCE(" + one + ", " + other + ")", "COALESCE(" + other + ", " + one + ")");
  }
}
