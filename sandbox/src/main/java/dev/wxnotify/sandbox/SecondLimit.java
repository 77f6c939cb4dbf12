package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers sends above a limit per app and second with an error. */
final class SecondLimit {

  private final int perSecond;
  private final int errcode;
  private final Map<String, Window> windows = new ConcurrentHashMap<>();

  SecondLimit(int perSecond, int errcode) {
    this.perSecond = perSecond;
    this.errcode = errcode;
  }

  void take(String appId, Instant now) throws Refused {
    if (perSecond > 0
        && !windows
            .computeIfAbsent(appId, id -> new Window())
            .take(now.getEpochSecond(), perSecond)) {
      throw new Refused(errcode);
    }
  }

  private static final class Window {

    @GuardedBy("this")
    private long second;

    @GuardedBy("this")
    private int used;

    synchronized boolean take(long now, int limit) {
      if (now != second) {
        second = now;
        used = 0;
      }
      return used++ < limit;
    }
  }
}
