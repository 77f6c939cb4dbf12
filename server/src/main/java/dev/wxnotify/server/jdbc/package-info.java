/** The journal in SQLite and PostgreSQL, by JDBC. */
@NullMarked
package dev.wxnotify.server.jdbc;

import org.jspecify.annotations.NullMarked;
