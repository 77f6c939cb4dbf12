package dev.wxnotify.sandbox;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The control calls whose path names what they are about. */
final class ControlPaths {

  private static final Pattern USER = Pattern.compile("/sandbox/users/([^/]+)/(allow|reject)");
  private static final Pattern PUSH = Pattern.compile("/sandbox/pushes/([^/]+)/resend");
  private static final Pattern RECEIPT = Pattern.compile("/sandbox/messages/([^/]+)/receipt");

  private static final Pattern MESSAGE = Pattern.compile("/sandbox/messages/([^/]+)");
  private static final Pattern SEND = Pattern.compile("/sandbox/received/([^/]+)");

  private ControlPaths() {}

  /** The path as the list of calls shows it. */
  static String template(String path) {
    Matcher user = USER.matcher(path);
    if (user.matches()) {
      return "/sandbox/users/{open_id}/" + user.group(2);
    }
    if (PUSH.matcher(path).matches()) {
      return "/sandbox/pushes/{id}/resend";
    }
    if (MESSAGE.matcher(path).matches()) {
      return "/sandbox/messages/{msgid}";
    }
    if (SEND.matcher(path).matches()) {
      return "/sandbox/received/{number}";
    }
    return RECEIPT.matcher(path).matches() ? "/sandbox/messages/{msgid}/receipt" : path;
  }

  /** What such a path names. */
  static String named(Call call) {
    // "", "sandbox", "users", and then the name.
    return call.path().split("/", -1)[3];
  }

  /** The number that such a path names. */
  static long number(String text, String name) throws ControlError {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ControlError.badField(name, name + ": " + text + " (expected: a number)");
    }
  }
}
