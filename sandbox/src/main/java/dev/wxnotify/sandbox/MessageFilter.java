package dev.wxnotify.sandbox;

import dev.wxnotify.web.PageRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filter of the page of messages, as it was typed.
 *
 * @param result {@code ok}, {@code failed}, an errcode, or empty for all
 * @param text part of what a message says
 */
record MessageFilter(String app, String user, String template, String result, String text) {

  static final String ACCEPTED = "ok";
  static final String REFUSED = "failed";

  private static final String INTEGER = "-?[0-9]{1,9}";

  static MessageFilter of(PageRequest request) {
    return new MessageFilter(
        read(request, "app"),
        read(request, "user"),
        read(request, "template"),
        read(request, "errcode"),
        read(request, "q"));
  }

  boolean isEmpty() {
    return (app + user + template + result + text).isEmpty();
  }

  /** False if the result is none that a message can have. */
  boolean isValid() {
    return result.isEmpty()
        || result.equals(ACCEPTED)
        || result.equals(REFUSED)
        || result.matches(INTEGER);
  }

  InboxFilter filter() {
    Integer errcode = result.matches(INTEGER) ? Integer.valueOf(result) : null;
    return new InboxFilter(app, user, "", template, errcode, text, null, accepted(), 0);
  }

  /** The page of the messages before {@code number} that match; from the newest for 0. */
  String link(long number) {
    List<String> query = new ArrayList<>();
    add(query, "app", app);
    add(query, "user", user);
    add(query, "template", template);
    add(query, "errcode", result);
    add(query, "q", text);
    add(query, "before", number == 0 ? "" : Long.toString(number));
    return "/inbox/messages" + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private @Nullable Boolean accepted() {
    return switch (result) {
      case ACCEPTED -> Boolean.TRUE;
      case REFUSED -> Boolean.FALSE;
      default -> null;
    };
  }

  private static void add(List<String> query, String name, String value) {
    if (!value.isEmpty()) {
      query.add(name + "=" + InboxFrame.encoded(value));
    }
  }

  private static String read(PageRequest request, String name) {
    String value = request.parameter(name);
    return value == null ? "" : value.strip();
  }
}
