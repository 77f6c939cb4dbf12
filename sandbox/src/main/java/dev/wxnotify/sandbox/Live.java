package dev.wxnotify.sandbox;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * When a part of a page asks for itself again: at the first event, then at most three times a
 * second, and after the last event. htmx drops events while it throttles an element, so a second
 * element waits for the last one.
 */
final class Live {

  private static final int THROTTLE_MILLIS = 300;

  /** Longer, so that the other element is free again. */
  private static final int DELAY_MILLIS = 350;

  private Live() {}

  /** The trigger of the element that asks at once. */
  static String atOnce(String events) {
    return trigger(events, " throttle:" + THROTTLE_MILLIS + "ms") + ", web:refresh from:body";
  }

  /** The trigger of the element that asks after the last event. */
  static String atLast(String events) {
    return trigger(events, " delay:" + DELAY_MILLIS + "ms");
  }

  private static String trigger(String events, String when) {
    return Arrays.stream(events.split(" ", -1))
        .map(event -> "sse:" + event + when)
        .collect(Collectors.joining(", "));
  }
}
