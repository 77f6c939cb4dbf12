package dev.wxnotify.server.pages;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a message, or did not happen yet.
 *
 * @param at when; null where there is no time
 * @param tone its colour
 * @param title what happened
 * @param lines more of it, as sentences
 * @param facts more of it, as names and values
 */
record TimelineStep(
    @Nullable Instant at, Tone tone, String title, List<String> lines, List<Fact> facts) {
  /** Copies. */
  TimelineStep {
    lines = List.copyOf(lines);
    facts = List.copyOf(facts);
  }

  /**
   * A value with a name.
   *
   * @param name what it is
   * @param value as WeChat, or a caller, wrote it
   */
  record Fact(String name, String value) {}
}
