package dev.wxnotify.server.journal;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be away, hang, or refuse rows. */
final class FakeJournalStore implements JournalStore {
  private final InMemoryJournalStore store;
  private final boolean isShared;
  private volatile boolean isAway;
  private volatile @Nullable CountDownLatch gate;
  private volatile @Nullable CountDownLatch listGate;
  private volatile @Nullable IllegalStateException unusable;
  private volatile Predicate<Object> refused = row -> false;

  /** The sizes of the batches that were tried, in order. */
  final List<Integer> messageBatches = new CopyOnWriteArrayList<>();

  final List<Integer> eventBatches = new CopyOnWriteArrayList<>();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicBoolean isClosed = new AtomicBoolean();

  FakeJournalStore(int capacity, boolean isShared, InstantSource clock) {
    this.store = new InMemoryJournalStore(capacity, clock);
    this.isShared = isShared;
  }

  void goAway() {
    isAway = true;
  }

  void comeBack() {
    isAway = false;
  }

  /** Every call waits until {@link #goOn}. */
  void hang() {
    gate = new CountDownLatch(1);
  }

  /** Every list waits until {@link #goOn}. */
  void hangLists() {
    listGate = new CountDownLatch(1);
  }

  void goOn() {
    CountDownLatch closed = gate;
    gate = null;
    if (closed != null) {
      closed.countDown();
    }
    CountDownLatch closedLists = listGate;
    listGate = null;
    if (closedLists != null) {
      closedLists.countDown();
    }
  }

  void beUnusable(String why) {
    unusable = new IllegalStateException(why);
  }

  /** Refuses a batch in which there is such a record or event. */
  void refuse(Predicate<Object> row) {
    refused = row;
  }

  private <T> T call(Supplier<T> call) {
    calls.incrementAndGet();
    awaitOpen(gate);
    if (isAway) {
      throw new JournalUnavailableException("the fake is away", null);
    }
    return call.get();
  }

  private static void awaitOpen(@Nullable CountDownLatch closed) {
    if (closed != null) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new JournalUnavailableException("interrupted", e);
      }
    }
  }

  private void run(Runnable call) {
    call(
        () -> {
          call.run();
          return true;
        });
  }

  private void check(List<?> rows) {
    if (rows.stream().anyMatch(refused)) {
      throw new JournalRejectsException("the fake refuses it", null);
    }
  }

  @Override
  public void open() {
    IllegalStateException never = unusable;
    if (never != null) {
      throw never;
    }
    run(store::open);
  }

  @Override
  public String id() {
    return store.id();
  }

  @Override
  public boolean isShared() {
    return isShared;
  }

  @Override
  public boolean prune(Instant before, int limit) {
    return call(() -> store.prune(before, limit));
  }

  @Override
  public void close() {
    isClosed.set(true);
  }

  @Override
  public MessageStore messages() {
    MessageStore inner = store.messages();
    return new MessageStore() {
      @Override
      public void add(List<MessageRecord> messages) {
        messageBatches.add(messages.size());
        run(
            () -> {
              check(messages);
              inner.add(messages);
            });
      }

      @Override
      public Optional<JournalEntry> findByMessageId(Scope scope, String messageId) {
        return call(() -> inner.findByMessageId(scope, messageId));
      }

      @Override
      public Optional<JournalEntry> findByRequestId(Scope scope, String requestId) {
        return call(() -> inner.findByRequestId(scope, requestId));
      }

      @Override
      public List<JournalEntry> list(MessageQuery query) {
        awaitOpen(listGate);
        return call(() -> inner.list(query));
      }
    };
  }

  @Override
  public EventStore events() {
    EventStore inner = store.events();
    return new EventStore() {
      @Override
      public List<Event> add(List<NewEvent> events) {
        eventBatches.add(events.size());
        return call(
            () -> {
              check(events);
              return inner.add(events);
            });
      }

      @Override
      public int publishOrphans(Instant before, int limit) {
        return call(() -> inner.publishOrphans(before, limit));
      }

      @Override
      public EventPage read(long position, int limit) {
        return call(() -> inner.read(position, limit));
      }

      @Override
      public List<StoredEvent> answers(String appId, String openId, int limit) {
        return call(() -> inner.answers(appId, openId, limit));
      }

      @Override
      public List<StoredEvent> receipts(String appId, String messageId) {
        return call(() -> inner.receipts(appId, messageId));
      }

      @Override
      public long last() {
        return call(inner::last);
      }

      @Override
      public long before(Instant time) {
        return call(() -> inner.before(time));
      }
    };
  }

  @Override
  public SubscriptionStore subscriptions() {
    SubscriptionStore inner = store.subscriptions();
    return new SubscriptionStore() {
      @Override
      public List<SubscriptionHistory> find(String appId, String openId, List<String> templateIds) {
        return call(() -> inner.find(appId, openId, templateIds));
      }

      @Override
      public Map<SubscriptionKey, SubscriptionTimes> closedAndChangedSince(
          Instant time, int limit) {
        return call(() -> inner.closedAndChangedSince(time, limit));
      }

      @Override
      public Instant now() {
        return call(inner::now);
      }
    };
  }
}
