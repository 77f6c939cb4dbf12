package dev.wxnotify.server.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The newest messages and events of this process, in its memory.
 *
 * <p>Concurrency: one lock, held for microseconds; only the threads of the journal come here.
 */
public final class InMemoryJournalStore implements JournalStore {
  private static final int MOST_FACTS = 1_000;

  private final InstantSource clock;
  private final String id = UUID.randomUUID().toString();
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final InMemoryMessages messages;

  @GuardedBy("lock")
  private final InMemoryEvents events;

  @GuardedBy("lock")
  private final InMemorySubscriptions subscriptions;

  /**
   * An empty journal.
   *
   * @param capacity the most messages, events and subscriptions that are kept, of each kind; beyond
   *     it the oldest leave
   */
  public InMemoryJournalStore(int capacity, InstantSource clock) {
    this.clock = clock;
    this.messages = new InMemoryMessages(capacity);
    this.events = new InMemoryEvents(capacity);
    this.subscriptions = new InMemorySubscriptions(capacity);
  }

  @Override
  public void open() {}

  @Override
  public String id() {
    return id;
  }

  @Override
  public MessageStore messages() {
    return new Messages();
  }

  @Override
  public EventStore events() {
    return new Events();
  }

  @Override
  public SubscriptionStore subscriptions() {
    return new Subscribed();
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public boolean prune(Instant before, int limit) {
    synchronized (lock) {
      int prunedMessages = messages.prune(before, limit);
      return events.prune(before, limit) == limit || prunedMessages == limit;
    }
  }

  @Override
  public void close() {}

  private final class Messages implements MessageStore {
    @Override
    public void add(List<MessageRecord> added) {
      Instant now = clock.instant();
      synchronized (lock) {
        for (MessageRecord each : added) {
          events.joinWith(messages.add(each));
          SubscriptionFact.of(each).ifPresent(fact -> learn(fact, now));
        }
      }
    }

    @Override
    public Optional<JournalEntry> findByMessageId(Scope scope, String messageId) {
      synchronized (lock) {
        return messages.findByMessageId(scope, messageId);
      }
    }

    @Override
    public Optional<JournalEntry> findByRequestId(Scope scope, String requestId) {
      synchronized (lock) {
        return messages.findByRequestId(scope, requestId);
      }
    }

    @Override
    public List<JournalEntry> list(MessageQuery query) {
      synchronized (lock) {
        return messages.list(query);
      }
    }
  }

  private void learn(SubscriptionFact fact, Instant now) {
    synchronized (lock) {
      subscriptions.add(fact, now);
    }
  }

  private final class Events implements EventStore {
    @Override
    public List<Event> add(List<NewEvent> added) {
      Instant now = clock.instant();
      List<Event> unknown = new ArrayList<>();
      synchronized (lock) {
        for (NewEvent each : added) {
          if (events.add(each, messages)) {
            unknown.add(each.event());
            SubscriptionFact.of(each.event()).ifPresent(fact -> learn(fact, now));
          }
        }
      }
      return unknown;
    }

    @Override
    public int publishOrphans(Instant before, int limit) {
      synchronized (lock) {
        return events.publishOrphans(before, limit);
      }
    }

    @Override
    public EventPage read(long position, int limit) {
      synchronized (lock) {
        return events.read(position, limit);
      }
    }

    @Override
    public List<StoredEvent> answers(String appId, String openId, int limit) {
      synchronized (lock) {
        return events.answers(appId, openId, limit);
      }
    }

    @Override
    public List<StoredEvent> receipts(String appId, String messageId) {
      synchronized (lock) {
        return events.receipts(appId, messageId);
      }
    }

    @Override
    public long last() {
      synchronized (lock) {
        return events.last();
      }
    }

    @Override
    public long before(Instant time) {
      synchronized (lock) {
        return events.before(time);
      }
    }
  }

  private final class Subscribed implements SubscriptionStore {
    @Override
    public List<SubscriptionHistory> find(String appId, String openId, List<String> templateIds) {
      synchronized (lock) {
        List<SubscriptionHistory> found = new ArrayList<>();
        subscriptions
            .find(appId, openId, templateIds)
            .forEach((key, times) -> found.add(history(key, times)));
        return found;
      }
    }

    @Override
    public Map<SubscriptionKey, SubscriptionTimes> closedAndChangedSince(Instant time, int limit) {
      synchronized (lock) {
        return subscriptions.closedAndChangedSince(time, limit);
      }
    }

    @Override
    public Instant now() {
      return clock.instant();
    }
  }

  private SubscriptionHistory history(SubscriptionKey key, SubscriptionTimes times) {
    long since = times.closedAt().map(Instant::getEpochSecond).orElse(Long.MIN_VALUE);
    synchronized (lock) {
      return new SubscriptionHistory(
          key,
          times,
          newest(
              events.acceptances(key).filter(each -> each.at().getEpochSecond() >= since),
              Comparator.comparing(Acceptance::at)),
          newest(
              messages.sends(key).filter(at -> at.getEpochSecond() >= since),
              Comparator.naturalOrder()));
    }
  }

  private static <T> List<T> newest(Stream<T> all, Comparator<T> order) {
    List<T> sorted = all.sorted(order).toList();
    return List.copyOf(sorted.subList(Math.max(0, sorted.size() - MOST_FACTS), sorted.size()));
  }
}
