package dev.wxnotify.server.pages;

import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of messages.
 *
 * @param messages newest first
 * @param next where the next page begins; null for the last page
 */
record MessageList(List<JournalEntry> messages, MessageQuery.@Nullable Place next) {
  private static final Pattern PLACE = Pattern.compile("(\\d{1,15})-(\\d{1,18})");

  /** Returns a place as a text for a URL; the journal keeps whole milliseconds. */
  public static String text(MessageQuery.Place place) {
    return place.beganAt().toEpochMilli() + "-" + place.sequence();
  }

  /** Returns the place that a text of {@link #text} names; empty for any other text. */
  public static Optional<MessageQuery.Place> place(String text) {
    Matcher parts = PLACE.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new MessageQuery.Place(
              Instant.ofEpochMilli(Long.parseLong(parts.group(1))),
              Long.parseLong(parts.group(2))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
