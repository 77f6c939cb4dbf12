package dev.wxnotify.web;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An event of a {@code text/event-stream}.
 *
 * @param id where a client resumes, or empty; without line breaks and NUL
 * @param event its name, or empty for {@code message}; without line breaks
 * @param data any text. Line breaks of all three kinds arrive as LF
 */
public record ServerSentEvent(String id, String event, String data) {
  private static final Pattern BREAK = Pattern.compile("\r\n|\r|\n");

  /**
   * Checks the fields.
   *
   * @throws IllegalArgumentException if the id or the name has a line break or NUL
   */
  public ServerSentEvent {
    checkLine("id", id);
    checkLine("event", event);
  }

  /** The bytes on the wire, with the empty line at the end. */
  public byte[] encoded() {
    StringBuilder text = new StringBuilder(data.length() + 64);
    if (!id.isEmpty()) {
      text.append("id: ").append(id).append('\n');
    }
    if (!event.isEmpty()) {
      text.append("event: ").append(event).append('\n');
    }
    for (String line : BREAK.split(data, -1)) {
      text.append("data: ").append(line).append('\n');
    }
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void checkLine(String field, String value) {
    if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(field + " has a line break or NUL");
    }
  }
}
