package dev.wxnotify.server.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.files.Secret;
import dev.wxnotify.server.files.UnusableFileException;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password of Redis, which is read anew for each connection that is made, so that it can be
 * changed while the server runs. Connections that there are keep what they began with, as Redis
 * itself has it.
 */
final class PasswordFile implements ImmediateRedisCredentialsProvider {
  private static final Logger log = LoggerFactory.getLogger(PasswordFile.class);

  private final @Nullable String user;
  private final Path file;

  @GuardedBy("this")
  private String password = "";

  @GuardedBy("this")
  private boolean readable = true;

  /**
   * Creates a provider.
   *
   * @param user null for the default user
   */
  PasswordFile(@Nullable String user, Path file) {
    this.user = user;
    this.file = file;
  }

  /**
   * Where the file cannot be read, or holds no secret, it goes on with what was there before, and
   * says so once for each time that this begins.
   */
  @Override
  public synchronized RedisCredentials resolveCredentialsNow() {
    try {
      password = Secret.read(file);
      readable = true;
    } catch (UnusableFileException e) {
      if (readable) {
        log.warn(
            "redis: the password file {}; continuing with the previous password", e.getMessage());
      }
      readable = false;
    }
    return RedisCredentials.just(user, password);
  }
}
