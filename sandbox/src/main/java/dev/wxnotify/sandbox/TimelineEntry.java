package dev.wxnotify.sandbox;

import dev.wxnotify.web.Tone;
import java.time.Instant;
import java.util.List;

/**
 * One thing that happened to a message.
 *
 * @param key of its text
 * @param values of the text, in their order
 * @param detail what else there is to say, as it came; empty for nothing
 * @param link to more; empty for none
 */
record TimelineEntry(
    Instant time, Tone tone, String key, List<Object> values, String detail, String link) {

  static TimelineEntry of(Instant time, Tone tone, String key, Object... values) {
    return new TimelineEntry(time, tone, key, List.of(values), "", "");
  }

  TimelineEntry saying(String more) {
    return new TimelineEntry(time, tone, key, values, more, link);
  }

  TimelineEntry to(String page) {
    return new TimelineEntry(time, tone, key, values, detail, page);
  }
}
