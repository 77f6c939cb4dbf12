package dev.wxnotify.server.jdbc;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The SQL of SQLite. */
final class SqliteDialect implements Dialect {
  /** A function of our connections: SQLite's own clock counts milliseconds. */
  static final String NOW = "now_micros";

  @Override
  public String name() {
    return "SQLite";
  }

  @Override
  public String isolation() {
    return "TRANSACTION_SERIALIZABLE";
  }

  @Override
  public Map<String, String> placeholders() {
    return Map.of("text", "text", "identity", "integer PRIMARY KEY AUTOINCREMENT", "storage", "");
  }

  /** JSON, the only array that SQLite reads. */
  @Override
  public String table(Input input) {
    StringBuilder sql = new StringBuilder("(SELECT ");
    for (int i = 0; i < input.columns().size(); i++) {
      sql.append(i == 0 ? "" : ", ")
          .append("value ->> ")
          .append(i)
          .append(" AS ")
          .append(input.columns().get(i).name());
    }
    return sql.append(" FROM json_each(?)) AS input").toString();
  }

  @Override
  public int bind(PreparedStatement statement, int at, Input input) throws SQLException {
    StringBuilder json = new StringBuilder("[");
    int rows = input.columns().get(0).values().length;
    for (int row = 0; row < rows; row++) {
      json.append(row == 0 ? "[" : ",[");
      for (int i = 0; i < input.columns().size(); i++) {
        append(i == 0 ? json : json.append(','), input.columns().get(i).values()[row]);
      }
      json.append(']');
    }
    statement.setString(at, json.append(']').toString());
    return at + 1;
  }

  private static void append(StringBuilder json, @Nullable Object value) {
    if (value instanceof String text) {
      json.append('"');
      JsonStringEncoder.getInstance().quoteAsString(text, json);
      json.append('"');
    } else {
      json.append(value);
    }
  }

  @Override
  public String isOneOf(String text) {
    return text + " IN (SELECT value FROM json_each(?))";
  }

  @Override
  public void bind(PreparedStatement statement, int at, Collection<String> texts)
      throws SQLException {
    StringBuilder json = new StringBuilder("[");
    for (String text : texts) {
      append(json.length() == 1 ? json : json.append(','), text);
    }
    statement.setString(at, json.append(']').toString());
  }

  @Override
  public String greatest(String one, String other) {
    return "MAX(" + one + ", " + other + ")";
  }

  @Override
  public String now() {
    return NOW + "()";
  }

  /** A transaction that writes has the whole database. */
  @Override
  public String forUpdate() {
    return "";
  }

  /** There is one process. */
  @Override
  public String mayPrune() {
    return "SELECT true";
  }

  @Override
  public Fault fault(SQLException e) {
    return switch (code(e)) {
      case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH -> Fault.CONTENT;
      default -> Fault.UNAVAILABLE;
    };
  }

  /** Returns the basic code, of which an extended one names a special case. */
  private static SQLiteErrorCode code(SQLException e) {
    return SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff);
  }

  /** The name of the code: texts of SQLite name tables and files. */
  @Override
  public String describe(SQLException e) {
    return e instanceof SQLiteException known
        ? known.getResultCode().name() + ", " + known.getResultCode().message
        : "SQLSTATE " + e.getSQLState();
  }
}
