package dev.wxnotify.server.pages;

import dev.wxnotify.web.Tone;
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
 * @param arrivedAt when this server learned of it; null where that is the same, or not known
 */
record TimelineStep(
    @Nullable Instant at,
    Tone tone,
    String title,
    List<String> lines,
    List<Fact> facts,
    @Nullable Instant arrivedAt) {
  /** Copies. */
  TimelineStep {
    lines = List.copyOf(lines);
    facts = List.copyOf(facts);
  }

  /** Something that reached this server when it happened. */
  TimelineStep(
      @Nullable Instant at, Tone tone, String title, List<String> lines, List<Fact> facts) {
    this(at, tone, title, lines, facts, null);
  }

  /**
   * A value with a name.
   *
   * @param name what it is
   * @param value as WeChat, or a caller, wrote it
   * @param isId whether people copy it
   */
  record Fact(String name, String value, boolean isId) {}
}
