package dev.wxnotify.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The last requests whose answer had a rid. As at WeChat, those are the ones that failed. */
final class RequestLog {

  /** Enough for a test; a load test that only fails must not fill the memory. */
  static final int KEPT = 10_000;

  static final Pattern RID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{8}){2}");

  static final Pattern AT_THE_END = Pattern.compile(" rid: (" + RID + ")$");

  /**
   * One request.
   *
   * @param appId the app that made it; null if its token is nobody's
   * @param millis how long the answer took
   */
  record Recorded(
      @Nullable String appId, Call call, ObjectNode answer, Instant time, long millis) {}

  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<String, Recorded> entries =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Recorded> eldest) {
          return size() > KEPT;
        }
      };

  RequestLog(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Keeps the request if its answer has a rid.
   *
   * @param owner asks for the app that made it
   */
  void add(Supplier<@Nullable String> owner, Call call, Answer answer) {
    Matcher rid = AT_THE_END.matcher(answer.json().path("errmsg").asText(""));
    if (rid.find()) {
      Recorded entry =
          new Recorded(
              owner.get(), call, answer.json(), clock.instant(), answer.delay().toMillis());
      put(rid.group(1), entry);
    }
  }

  synchronized @Nullable Recorded find(String rid) {
    return entries.get(rid);
  }

  synchronized void clear() {
    entries.clear();
  }

  private synchronized void put(String rid, Recorded entry) {
    entries.put(rid, entry);
  }
}
