package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.jdbc.Input.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The SQL of PostgreSQL 12 and newer. */
final class PostgresDialect implements Dialect {
  /** Chosen at random: no other program should use it for an advisory lock. */
  private static final int PRUNING = 0x5a17_c0de;

  /** The longest text of an error that is passed on. */
  private static final int LONGEST_TEXT = 200;

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public String isolation() {
    return "TRANSACTION_READ_COMMITTED";
  }

  @Override
  public Map<String, String> placeholders() {
    return Map.of(
        "text",
        "text COLLATE \"C\"",
        "identity",
        "bigint NOT NULL GENERATED ALWAYS AS IDENTITY",
        // Old rows leave all the time: their room is wanted long before a fifth of them is gone.
        "storage",
        " WITH (autovacuum_vacuum_scale_factor = 0.02)");
  }

  /** Arrays, since one statement with arrays costs the server least. */
  @Override
  public String table(Input input) {
    return input.columns().stream()
        .map(column -> "?::" + column.type().name().toLowerCase(Locale.ROOT) + "[]")
        .collect(
            Collectors.joining(
                ", ",
                "unnest(",
                input.columns().stream()
                    .map(Column::name)
                    .collect(Collectors.joining(", ", ") AS input(", ")"))));
  }

  @Override
  public int bind(PreparedStatement statement, int at, Input input) throws SQLException {
    int next = at;
    for (Column column : input.columns()) {
      String type =
          switch (column.type()) {
            case TEXT -> "text";
            case BIGINT -> "int8";
            case BOOLEAN -> "bool";
          };
      statement.setArray(next, statement.getConnection().createArrayOf(type, column.values()));
      next++;
    }
    return next;
  }

  @Override
  public String isOneOf(String text) {
    return text + " = ANY (?)";
  }

  @Override
  public void bind(PreparedStatement statement, int at, Collection<String> texts)
      throws SQLException {
    statement.setArray(
        at, statement.getConnection().createArrayOf("text", texts.toArray(String[]::new)));
  }

  @Override
  public String greatest(String one, String other) {
    return "GREATEST(" + one + ", " + other + ")";
  }

  @Override
  public String now() {
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";
  }

  @Override
  public String forUpdate() {
    return " FOR UPDATE";
  }

  @Override
  public String mayPrune() {
    return "SELECT pg_try_advisory_xact_lock(" + PRUNING + ", hashtext(current_schema()))";
  }

  @Override
  public Fault fault(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals("40001") || state.equals("40P01")) {
      return Fault.CONFLICT;
    }
    // Data, a constraint, or a limit of the program such as the size of an index entry.
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("54")
        ? Fault.CONTENT
        : Fault.UNAVAILABLE;
  }

  /**
   * The texts of some classes name hosts, users and limits, and nothing else. Others may quote what
   * was to be stored.
   */
  @Override
  public String describe(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String text = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
    boolean isSafe =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          case "08", "28", "3D", "53", "57", "25" -> true;
          default -> false;
        };
    return "SQLSTATE "
        + (state.isEmpty() ? "none" : state)
        + (isSafe ? ", " + text.substring(0, Math.min(text.length(), LONGEST_TEXT)) : "");
  }
}
