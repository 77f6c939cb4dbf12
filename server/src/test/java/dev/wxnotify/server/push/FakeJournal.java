package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.NewEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps events by their keys, or is away. Thread-safe. */
final class FakeJournal implements EventIntake {
  private final Map<String, Event> events = new LinkedHashMap<>();
  private Mood mood = Mood.WELL;
  private final List<CompletableFuture<Void>> hanging = new ArrayList<>();
  private int calls;

  enum Mood {
    WELL,
    AWAY,
    HANGING,
    BROKEN
  }

  synchronized void be(Mood next) {
    mood = next;
  }

  @Override
  public synchronized CompletionStage<Void> store(List<NewEvent> added) {
    calls++;
    switch (mood) {
      case WELL -> {
        added.forEach(each -> events.putIfAbsent(each.key(), each.event()));
        return CompletableFuture.completedFuture(null);
      }
      case AWAY -> {
        return CompletableFuture.failedFuture(new JournalUnavailableException("away", null));
      }
      case HANGING -> {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        hanging.add(stored);
        return stored;
      }
      case BROKEN -> throw new IllegalStateException("broken on purpose");
    }
    throw new AssertionError(mood);
  }

  /** Says that everything is stored that it has hung with. */
  synchronized void stopHanging() {
    hanging.forEach(each -> each.complete(null));
  }

  synchronized List<Event> events() {
    return new ArrayList<>(events.values());
  }

  synchronized List<String> keys() {
    return new ArrayList<>(events.keySet());
  }

  synchronized int calls() {
    return calls;
  }
}
