package dev.wxnotify.server.jdbc;

import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.Scope;

/** The conditions of look-ups of messages; the table is named {@code m}. */
final class MessageFilter {
  private static final String RECEIPT =
      "EXISTS (SELECT 1 FROM event r WHERE r.message_id = m.message_id AND r.app_id = m.app_id"
          + " AND r.delivered = ?)";

  private MessageFilter() {}

  /** Adds what the reader may see; only for a scope of any app. */
  static Conditions scope(Conditions to, Scope scope) {
    if (scope.appIds() != null) {
      to.isOneOf("m.app_id", scope.appIds());
    }
    if (scope.caller() != null) {
      // No index is used for it: those of what is looked up find fewer rows.
      to.add("m.caller || '' = ?", scope.caller());
    }
    return to;
  }

  static Conditions of(Dialect dialect, MessageQuery query) {
    Conditions where = new Conditions(dialect);
    boolean isNarrow = !query.openId().isEmpty() || !query.requestIdPrefix().isEmpty();
    String caller = query.scope().caller();
    if (isNarrow || caller == null || caller.isEmpty()) {
      scope(where, query.scope());
    } else {
      scope(where, new Scope(query.scope().appIds(), null));
      where.add("m.caller = ?", caller).add("m.caller <> ''");
    }
    if (!query.openId().isEmpty()) {
      where.add("m.open_id = ?", query.openId());
    }
    if (!query.templateId().isEmpty()) {
      where.add("m.template_id = ?", query.templateId());
    }
    prefix(where, query.requestIdPrefix(), query.openId().isEmpty());
    if (query.outcome() != null) {
      where.add("m.outcome = ?", query.outcome().name());
    }
    if (query.reasons() != null) {
      where.isOneOf("m.reason", query.reasons());
    }
    if (query.delivered() != null) {
      where.add("m.message_id <> ''").add(RECEIPT, query.delivered());
    }
    if (query.from() != null) {
      where.add("m.began_at >= ?", Times.micros(query.from()));
    }
    if (query.to() != null) {
      where.add("m.began_at < ?", Times.micros(query.to()));
    }
    if (query.after() != null) {
      where.add(
          "(m.began_at, m.sequence) < (?, ?)",
          Times.micros(query.after().beganAt()),
          query.after().sequence());
    }
    return where;
  }

  /** A range, which an index finds, since texts are compared byte by byte. */
  private static void prefix(Conditions where, String prefix, boolean byIndex) {
    if (prefix.isEmpty()) {
      return;
    }
    String column = byIndex ? "m.request_id" : "m.request_id || ''";
    where.add("m.request_id <> ''").add(column + " >= ?", prefix);
    String end = endOf(prefix);
    if (!end.isEmpty()) {
      where.add(column + " < ?", end);
    }
  }

  /**
   * Returns the least text after all that begin with a prefix; empty if there is none. The order is
   * that of code points, as it is in UTF-8.
   */
  static String endOf(String prefix) {
    StringBuilder end = new StringBuilder(prefix);
    while (end.length() > 0) {
      int last = end.codePointBefore(end.length());
      end.setLength(end.length() - Character.charCount(last));
      if (last < Character.MAX_CODE_POINT) {
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return end.appendCodePoint(next).toString();
      }
    }
    return "";
  }
}
