package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last pushes, by id. */
final class PushLog {

  /** A push takes some 2 KB. */
  static final int KEPT = 10_000;

  @GuardedBy("this")
  private final Map<Long, Push> pushes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Push> eldest) {
          return size() > KEPT;
        }
      };

  synchronized void add(Push push) {
    pushes.put(push.id(), push);
  }

  synchronized @Nullable Push find(long id) {
    return pushes.get(id);
  }

  /** The newest push of each receipt, by the id of the message. */
  synchronized Map<Long, Push> newestByMsgid() {
    Map<Long, Push> newest = new HashMap<>();
    for (Push push : pushes.values()) {
      Long msgid = push.msgid();
      if (msgid != null) {
        newest.put(msgid, push);
      }
    }
    return newest;
  }

  /** A copy, oldest first. */
  synchronized List<Push> list() {
    return List.copyOf(pushes.values());
  }

  synchronized void clear() {
    pushes.clear();
  }
}
