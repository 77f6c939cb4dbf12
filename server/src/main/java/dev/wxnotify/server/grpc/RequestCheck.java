package dev.wxnotify.server.grpc;

import com.google.protobuf.Timestamp;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Apps;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.v1.SendError;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects everything that is wrong with one request of the journal's services, to answer it at
 * once. Of an app that the current caller may not use it says nothing more.
 */
final class RequestCheck {
  /** The longest open id or template id, as in messages. */
  static final int MAX_ID = 128;

  private static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final int NANOS = 1_000_000_000;

  private final Apps apps;
  private final Caller caller = Caller.current();
  private final List<Violation> violations = new ArrayList<>(0);
  private @Nullable SendError notAllowed;

  RequestCheck(Apps apps) {
    this.apps = apps;
  }

  void add(String field, String description) {
    violations.add(new Violation(field, description));
  }

  /** Returns the app that is named, or the default; null where the request is refused. */
  @Nullable App app(String appId) {
    App app = apps.find(appId);
    if (app == null) {
      violations.add(RequestMapper.unknownApp("app_id", appId));
    }
    boolean namesApp = app != null || !appId.isEmpty();
    if (namesApp && !caller.mayUse(app == null ? appId : app.appId())) {
      notAllowed = SendErrors.appNotAllowed(appId);
      return null;
    }
    return app;
  }

  /** Checks the name of an app; empty means all that the caller may use. */
  void optionalApp(String appId) {
    if (!appId.isEmpty()) {
      var ignored = app(appId);
    }
  }

  /** Checks an id that must be there. */
  void required(String field, String value, int longest) {
    if (value.isEmpty()) {
      add(field, "is required");
    } else {
      optional(field, value, longest);
    }
  }

  /** Checks an id that may be empty: it has visible characters only. */
  void optional(String field, String value, int longest) {
    atMost(field, value, longest);
    if (!isVisible(value)) {
      add(field, "has white space or control characters");
    }
  }

  /** Tells whether a text has visible characters only. */
  static boolean isVisible(String value) {
    return value.chars().noneMatch(c -> c <= ' ' || Character.isISOControl(c));
  }

  /** Checks an id that the caller chose, of which a message may have any. */
  void own(String field, String value) {
    atMost(field, value, RequestMapper.MAX_REQUEST_ID);
    if (value.indexOf(0) >= 0) {
      add(field, "has a NUL character");
    }
  }

  /** Checks the length of a text. */
  void atMost(String field, String value, int longest) {
    if (value.length() > longest) {
      add(field, "has " + value.length() + " characters (at most " + longest + ")");
    }
  }

  /** Returns a time; null where it is invalid. */
  @Nullable Instant time(String field, Timestamp time) {
    if (!isTime(time.getSeconds(), time.getNanos())) {
      add(field, "must be a time between the years 1 and 9999");
      return null;
    }
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /** Tells whether a time is one of the years 1 to 9999, as all times of the contract are. */
  static boolean isTime(long seconds, int nanos) {
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos >= 0 && nanos < NANOS;
  }

  /** Answers the call if anything is wrong with its request, and tells whether it did. */
  boolean refuses(StreamObserver<?> responses) {
    SendError no = notAllowed;
    if (no == null && !violations.isEmpty()) {
      no = SendErrors.invalid(violations);
    }
    if (no == null) {
      return false;
    }
    responses.onError(Statuses.of(no));
    return true;
  }
}
