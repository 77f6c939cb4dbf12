package dev.wxnotify.server.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The conditions of one query, and the values that they compare with. */
final class Conditions {
  private final Dialect dialect;
  private final List<String> conditions = new ArrayList<>();
  private final List<Binding> bindings = new ArrayList<>();

  @FunctionalInterface
  private interface Binding {
    void bind(PreparedStatement statement, int at) throws SQLException;
  }

  Conditions(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Adds a condition without a value. */
  Conditions add(String condition) {
    conditions.add(condition);
    return this;
  }

  /** Adds a condition with one value. */
  Conditions add(String condition, String value) {
    bindings.add((statement, at) -> statement.setString(at, value));
    return add(condition);
  }

  /** Adds a condition with one value. */
  Conditions add(String condition, long value) {
    bindings.add((statement, at) -> statement.setLong(at, value));
    return add(condition);
  }

  /** Adds a condition with one value. */
  Conditions add(String condition, boolean value) {
    bindings.add((statement, at) -> statement.setBoolean(at, value));
    return add(condition);
  }

  /** Adds a condition with two values. */
  Conditions add(String condition, long first, long second) {
    bindings.add((statement, at) -> statement.setLong(at, first));
    bindings.add((statement, at) -> statement.setLong(at, second));
    return add(condition);
  }

  /** Adds the condition that a text is one of several. */
  Conditions isOneOf(String text, Set<String> values) {
    bindings.add((statement, at) -> dialect.bind(statement, at, values));
    return add(dialect.isOneOf(text));
  }

  /** Returns the clause. */
  String where() {
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  /** Binds the values, from the first parameter; returns the number of the next one. */
  int bind(PreparedStatement statement) throws SQLException {
    int at = 1;
    for (Binding each : bindings) {
      each.bind(statement, at);
      at++;
    }
    return at;
  }
}
