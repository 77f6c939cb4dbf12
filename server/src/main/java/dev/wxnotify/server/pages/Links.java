package dev.wxnotify.server.pages;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The addresses of the console's pages. A parameter without a value is left out. */
final class Links {
  static final String OVERVIEW = "/";
  static final String FAILURES = "/failures";
  static final String APPS = "/apps/";
  static final String LOOKUP = "/lookup";
  static final String EVENTS = "/events";
  static final String STREAM = "/events/stream";
  static final String CONFIGURATION = "/configuration";
  static final String REFERENCE = "/errors";
  static final String HISTORY = "/history.json";

  private Links() {}

  /** Returns the page of one app. */
  static String app(String appId) {
    return APPS + encoded(appId);
  }

  /** Returns the failures of one app; of all for an empty id. */
  static String failures(String appId) {
    return of(FAILURES, "app", appId);
  }

  /** Returns the message with an id of WeChat. */
  static String message(String appId, String messageId) {
    return of(LOOKUP, "q", messageId, "kind", "message", "app", appId);
  }

  /** Returns the message with an id of its caller. */
  static String request(String appId, String requestId) {
    return of(LOOKUP, "q", requestId, "kind", "request", "app", appId);
  }

  /** Returns what is known of a user. */
  static String user(String appId, String openId) {
    return of(LOOKUP, "q", openId, "kind", "user", "app", appId);
  }

  /** Returns what is known of a user, from a later page of messages. */
  static String user(String appId, String openId, String after) {
    return of(LOOKUP, "q", openId, "kind", "user", "app", appId, "after", after);
  }

  /** Returns the events of an app and kind; of all for empty ones. */
  static String events(String appId, String kind) {
    return of(EVENTS, "app", appId, "kind", kind);
  }

  /** Returns the stream of events after a cursor. */
  static String stream(String appId, String kind, String cursor) {
    return of(STREAM, "app", appId, "kind", kind, "after", cursor);
  }

  /** Returns the keys that contain a text. */
  static String configuration(String text) {
    return of(CONFIGURATION, "q", text);
  }

  /** Returns the explanation of an errcode. */
  static String errcode(int errcode) {
    return REFERENCE + "#errcode" + errcode;
  }

  /** Returns the explanation of a reason of the contract. */
  static String reason(String reason) {
    return REFERENCE + "#" + encoded(reason);
  }

  /** Returns the numbers of the curves. */
  static String history(String appId) {
    return of(HISTORY, "app", appId);
  }

  private static String of(String path, String... parameters) {
    StringBuilder url = new StringBuilder(path);
    char mark = '?';
    for (int i = 0; i < parameters.length; i += 2) {
      if (!parameters[i + 1].isEmpty()) {
        url.append(mark).append(parameters[i]).append('=').append(encoded(parameters[i + 1]));
        mark = '&';
      }
    }
    return url.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
