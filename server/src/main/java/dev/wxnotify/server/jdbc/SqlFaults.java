package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.jdbc.Dialect.Fault;
import dev.wxnotify.server.journal.JournalRejectsException;
import dev.wxnotify.server.journal.JournalUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * Makes exceptions of the journal of those of JDBC. Their texts hold neither content nor secrets;
 * so the exceptions of JDBC, which may, are not passed on as their cause.
 */
final class SqlFaults {
  private final Dialect dialect;

  SqlFaults(Dialect dialect) {
    this.dialect = dialect;
  }

  boolean isConflict(SQLException e) {
    return dialect.fault(e) == Fault.CONFLICT;
  }

  RuntimeException translate(SQLException e) {
    if (e instanceof SQLTransientConnectionException) {
      return new JournalUnavailableException(
          e.getCause() instanceof SQLException cause
              ? dialect.name() + ": no connection: " + dialect.describe(cause)
              : dialect.name() + ": no connection within the time for it",
          null);
    }
    String text = dialect.name() + ": " + dialect.describe(e);
    return dialect.fault(e) == Fault.CONTENT
        ? new JournalRejectsException(text, null)
        : new JournalUnavailableException(text, null);
  }
}
