package dev.wxnotify.server.journal;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Takes events from the edges. */
public interface EventIntake {
  /**
   * Stores events. The stage completes when they are stored, also where all were known; it fails
   * with {@link JournalUnavailableException} where they are not, within four seconds, so that
   * WeChat can be answered in time. Never blocks.
   */
  CompletionStage<Void> store(List<NewEvent> events);
}
