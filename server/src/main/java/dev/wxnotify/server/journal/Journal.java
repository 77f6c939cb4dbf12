package dev.wxnotify.server.journal;

import dev.wxnotify.server.delivery.DeliveryListener;
import dev.wxnotify.server.delivery.SubscriptionCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one server: takes messages and events, and answers what is known of them. The
 * store may be away, at the start too; see each port for what that means.
 *
 * <p>Each mechanism is a class of its own with a thread of its own: {@link MessageWriter}, {@link
 * EventWriter}, {@link JournalReads}, {@link EventSignals} and {@link JournalUpkeep}.
 */
public final class Journal
    implements EventIntake, MessageLookup, EventFeed, EventLookup, Subscriptions, AutoCloseable {
  /** How long a stop takes where the store is not available. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

  private static final Duration LEAST_PATIENCE = Duration.ofMillis(200);

  private static final int LOOKUP_THREADS = 4;

  /** Of their own, so that look-ups that take long hold up no watcher. */
  private static final int FEED_THREADS = 2;

  private final JournalStore store;
  private final StoreState state;
  private final SubscriptionLedger ledger;
  private final MessageWriter messages;
  private final DeliveryListener recorder;
  private final EventWriter events;
  private final EventSignals signals;
  private final JournalReads lookups;
  private final JournalReads feeds;
  private final JournalUpkeep upkeep;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile boolean isStarted;

  /**
   * Creates a journal; {@link #start} opens it.
   *
   * @param store is closed with the journal
   * @param retention how long messages and events are kept
   * @param timer ends what takes too long; must outlive the journal
   * @param clock the time of day
   * @param nanoClock as {@link System#nanoTime}
   */
  public Journal(
      JournalStore store,
      Duration retention,
      ScheduledExecutorService timer,
      JournalListener listener,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.store = store;
    this.state = new StoreState(nanoClock);
    this.ledger = new SubscriptionLedger(store.isShared(), nanoClock);
    this.signals = new EventSignals(store.events(), state, store.isShared());
    WriteOutage outage = new WriteOutage(nanoClock);
    this.messages =
        new MessageWriter(store.messages(), state, outage, listener, signals::changed, nanoClock);
    this.recorder = new MessageRecorder(messages, ledger, clock);
    this.events =
        new EventWriter(
            store.events(), state, listener, this::learn, signals::changed, timer, nanoClock);
    this.lookups = new JournalReads("lookups", LOOKUP_THREADS, state, timer);
    this.feeds = new JournalReads("feeds", FEED_THREADS, state, timer);
    this.upkeep =
        new JournalUpkeep(
            store, state, ledger, outage, listener, signals::changed, retention, clock, nanoClock);
  }

  /**
   * Begins to open the store, and to write.
   *
   * @param patience how long to wait until it is open; after that it is opened in the background
   */
  public void start(Duration patience) throws InterruptedException {
    isStarted = true;
    upkeep.start();
    messages.start();
    events.start();
    state.awaitOpen(patience);
  }

  /** Returns what makes a record of each message that ends. */
  public DeliveryListener deliveryListener() {
    return recorder;
  }

  /** Returns what knows which sends WeChat would refuse. */
  public SubscriptionCheck subscriptionCheck() {
    return ledger;
  }

  /** Returns why the store is of no use now; empty while it is. */
  public Optional<String> trouble() {
    return state.trouble();
  }

  /** Returns how many records of messages wait to be written. */
  public int waitingMessages() {
    return messages.waiting();
  }

  @Override
  public CompletionStage<Void> store(List<NewEvent> newEvents) {
    List<NewEvent> safe = new ArrayList<>(newEvents.size());
    for (NewEvent each : newEvents) {
      NewEvent event = SafeTexts.of(each);
      safe.add(event);
      // What opens is known at once. What closes may be an event that is known, and is ignored.
      SubscriptionFact.of(event.event())
          .filter(fact -> fact.kind() == SubscriptionFact.Kind.ACCEPTED)
          .ifPresent(ledger::learn);
    }
    return events.store(safe);
  }

  private void learn(List<Event> stored) {
    stored.forEach(event -> SubscriptionFact.of(event).ifPresent(ledger::learn));
  }

  @Override
  public CompletionStage<Optional<JournalEntry>> findByMessageId(Scope scope, String messageId) {
    Scope safeScope = SafeTexts.of(scope);
    String safeId = SafeTexts.of(messageId);
    return lookups.read(() -> store.messages().findByMessageId(safeScope, safeId));
  }

  @Override
  public CompletionStage<Optional<JournalEntry>> findByRequestId(Scope scope, String requestId) {
    Scope safeScope = SafeTexts.of(scope);
    String safeId = SafeTexts.of(requestId);
    return lookups.read(() -> store.messages().findByRequestId(safeScope, safeId));
  }

  @Override
  public CompletionStage<List<JournalEntry>> list(MessageQuery query) {
    MessageQuery safe = SafeTexts.of(query);
    return lookups.read(() -> store.messages().list(safe));
  }

  @Override
  public CompletionStage<Long> last() {
    return feeds.read(() -> store.events().last());
  }

  @Override
  public CompletionStage<Long> before(Instant time) {
    return feeds.read(() -> store.events().before(time));
  }

  @Override
  public CompletionStage<Long> position(String cursor) {
    return feeds.read(() -> Cursors.position(state.id(), cursor));
  }

  @Override
  public String cursor(long position) {
    return Cursors.of(state.id(), position);
  }

  @Override
  public CompletionStage<EventPage> read(long position, int limit) {
    return feeds.read(() -> store.events().read(position, limit));
  }

  @Override
  public AutoCloseable whenAfter(long position, Runnable task) {
    return signals.whenAfter(position, task);
  }

  @Override
  public CompletionStage<List<StoredEvent>> answers(String appId, String openId, int limit) {
    String safeAppId = SafeTexts.of(appId);
    String safeOpenId = SafeTexts.of(openId);
    return lookups.read(() -> store.events().answers(safeAppId, safeOpenId, limit));
  }

  @Override
  public CompletionStage<List<StoredEvent>> receipts(String appId, String messageId) {
    String safeAppId = SafeTexts.of(appId);
    String safeId = SafeTexts.of(messageId);
    return lookups.read(() -> store.events().receipts(safeAppId, safeId));
  }

  @Override
  public CompletionStage<List<Subscription>> find(
      String appId, String openId, List<String> templateIds) {
    String safeOpenId = SafeTexts.of(openId);
    List<String> safeIds = templateIds.stream().map(SafeTexts::of).toList();
    return lookups.read(
        () -> subscriptions(store.subscriptions().find(appId, safeOpenId, safeIds), safeIds));
  }

  private static List<Subscription> subscriptions(
      List<SubscriptionHistory> found, List<String> templateIds) {
    Map<String, SubscriptionHistory> byTemplate = new HashMap<>();
    found.forEach(history -> byTemplate.put(history.key().templateId(), history));
    List<String> asked =
        templateIds.isEmpty() ? byTemplate.keySet().stream().sorted().toList() : templateIds;
    return asked.stream().map(id -> subscription(id, byTemplate.get(id))).toList();
  }

  private static Subscription subscription(
      String templateId, @Nullable SubscriptionHistory history) {
    return history == null
        ? new Subscription(templateId, SubscriptionTimes.NONE, OptionalInt.empty())
        : new Subscription(templateId, history.times(), Credits.of(history));
  }

  /** Writes what waits, for a bounded time, and closes the store; nothing may be sent any more. */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    upkeep.stop();
    signals.stop();
    lookups.stop();
    feeds.stop();
    try {
      if (isStarted) {
        long end = System.nanoTime() + STOP_PATIENCE.toNanos();
        messages.stop(STOP_PATIENCE);
        events.stop();
        messages.awaitStop(STOP_PATIENCE.plus(LEAST_PATIENCE));
        events.awaitStop(left(end));
        upkeep.awaitStop(left(end));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.close();
  }

  /** What works needs only a moment, whatever the one before took. */
  private static Duration left(long endNanos) {
    Duration left = Duration.ofNanos(endNanos - System.nanoTime());
    return left.compareTo(LEAST_PATIENCE) > 0 ? left : LEAST_PATIENCE;
  }
}
