package dev.wxnotify.server.jdbc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.files.Secret;
import dev.wxnotify.files.UnusableFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password of the database, which is read anew for each connection that is made, so that it can
 * be changed while the server runs.
 */
final class PasswordFile {
  private static final Logger log = LoggerFactory.getLogger(PasswordFile.class);

  private final Path file;

  @GuardedBy("this")
  private String password = "";

  @GuardedBy("this")
  private boolean readable = true;

  PasswordFile(Path file) {
    this.file = file;
  }

  /**
   * Returns the password. Where the file cannot be read, it is the one of before; that is logged
   * once for each time that this begins.
   *
   * @throws SQLException if there never was one
   */
  synchronized String get() throws SQLException {
    try {
      password = Secret.read(file);
      readable = true;
    } catch (UnusableFileException e) {
      if (password.isEmpty()) {
        throw new SQLException("the password file " + e.getMessage(), "28000");
      }
      if (readable) {
        log.warn(
            "journal: the password file {}; continuing with the previous password", e.getMessage());
      }
      readable = false;
    }
    return password;
  }
}
