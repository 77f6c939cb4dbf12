package dev.wxnotify.server.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of operators who have shown a token. A session belongs to its token: it ends with
 * it, with the caller and with the caller's right, besides its own ends.
 *
 * <p>Only hashes of the ids are kept, so that the time of a look-up tells nothing of an id.
 *
 * <p>Concurrency: all under one lock, for a few instructions.
 */
final class Sessions {
  /** The most sessions; another one takes the place of the one that was not used for longest. */
  static final int MOST = 64;

  /** How long a session lives without a request. */
  static final Duration IDLE = Duration.ofHours(1);

  /** How long a session lives at most. */
  static final Duration LONGEST = Duration.ofHours(12);

  private static final int ID_BYTES = 32;

  private final LongSupplier nanoClock;
  private final SecureRandom random = new SecureRandom();
  private final Object lock = new Object();

  /** By the hash of the id, the one that was not used for longest first. */
  @GuardedBy("lock")
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Session {
    private final Operators.Token token;
    private final String caller;
    private final long begunNanos;
    private long usedNanos;

    Session(Operators.Token token, String caller, long nanos) {
      this.token = token;
      this.caller = caller;
      this.begunNanos = nanos;
      this.usedNanos = nanos;
    }

    /** Returns who it is now; null if the session has ended. */
    @Nullable Viewer viewer(long nanos) {
      if (nanos - begunNanos >= LONGEST.toNanos() || nanos - usedNanos >= IDLE.toNanos()) {
        return null;
      }
      Viewer now = Visit.viewer(token);
      return now == null || !now.name().equals(caller) ? null : now;
    }
  }

  /** Creates it; {@code nanoClock} as {@link System#nanoTime}. */
  Sessions(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Begins a session.
   *
   * @param caller whom the token belongs to
   * @return its id, for the cookie
   */
  String begin(Operators.Token token, String caller) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    long now = nanoClock.getAsLong();
    synchronized (lock) {
      sessions.values().removeIf(each -> each.viewer(now) == null);
      if (sessions.size() >= MOST) {
        Iterator<String> oldest = sessions.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
      sessions.put(hash(id), new Session(token, caller, now));
    }
    return id;
  }

  /** Returns the session with this id, which is used by that; null if there is none any more. */
  @Nullable Visit find(String id) {
    String key = hash(id);
    Viewer viewer = viewer(key, true);
    return viewer == null ? null : new Visit(viewer, () -> viewer(key, false));
  }

  private @Nullable Viewer viewer(String key, boolean uses) {
    long now = nanoClock.getAsLong();
    synchronized (lock) {
      Session session = sessions.get(key);
      if (session == null) {
        return null;
      }
      Viewer viewer = session.viewer(now);
      if (viewer == null) {
        sessions.remove(key);
      } else if (uses) {
        session.usedNanos = now;
      }
      return viewer;
    }
  }

  /** Ends the session with this id, if there is one. */
  void end(String id) {
    String key = hash(id);
    synchronized (lock) {
      sessions.remove(key);
    }
  }

  private static String hash(String id) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
