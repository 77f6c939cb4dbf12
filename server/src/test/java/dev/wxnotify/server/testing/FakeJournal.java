package dev.wxnotify.server.testing;

import dev.wxnotify.server.grpc.JournalPorts;
import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.EventFeed;
import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.MessageLookup;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.Scope;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.journal.Subscription;
import dev.wxnotify.server.journal.Subscriptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the services of events, messages and subscriptions read and write, in memory: it answers on
 * the thread that asks, unless it is held, and can be away.
 */
public final class FakeJournal
    implements MessageLookup, EventFeed, EventIntake, Subscriptions, PushIntake {
  private static final String PREFIX = "fake-";

  private final Object lock = new Object();
  private final List<StoredEvent> events = new ArrayList<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final List<JournalEntry> messages = new CopyOnWriteArrayList<>();
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final List<Ingested> ingested = new CopyOnWriteArrayList<>();
  private final Map<String, NewEvent> stored = new LinkedHashMap<>();
  private final List<Integer> readSizes = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean away;
  private volatile CompletableFuture<?> gate = CompletableFuture.completedFuture(null);
  private volatile Supplier<CompletionStage<Result>> answerToPush =
      () -> CompletableFuture.completedFuture(new Result("success", true));
  private volatile long keptFrom;

  /** A push that came, its body as text. */
  public record Ingested(String appId, Map<String, String> query, String body) {}

  private record Waiter(long position, Runnable task) {}

  /** Returns what a server is made with. */
  public JournalPorts ports() {
    return new JournalPorts(this, this, this, this, this);
  }

  /** Makes every stage fail from now on, or work again. */
  public void setAway(boolean away) {
    this.away = away;
  }

  /** Lets no stage complete before {@code gate}. */
  public void hold(CompletableFuture<?> until) {
    this.gate = until;
  }

  /** Forgets the events up to a position. */
  public void forgetUpTo(long position) {
    synchronized (lock) {
      keptFrom = position;
      events.removeIf(event -> event.position() <= position);
    }
  }

  /** Makes events visible, in this order, and wakes the readers that wait. */
  public void publish(StoredEvent... more) {
    List<Waiter> woken = new ArrayList<>();
    synchronized (lock) {
      events.addAll(List.of(more));
      long last = lastPosition();
      waiters.removeIf(waiter -> waiter.position < last && woken.add(waiter));
    }
    woken.forEach(waiter -> waiter.task.run());
  }

  /** Adds messages; newest first is the order of their {@code beganAt}. */
  public void add(JournalEntry... more) {
    messages.addAll(List.of(more));
  }

  /** Adds what is known of every user. */
  public void add(Subscription... more) {
    subscriptions.addAll(List.of(more));
  }

  /** Says how pushes are answered. */
  public void answerPushes(Supplier<CompletionStage<Result>> answer) {
    this.answerToPush = answer;
  }

  /** Returns the pushes that came. */
  public List<Ingested> ingested() {
    return List.copyOf(ingested);
  }

  /** Returns the events that came, once for each key. */
  public List<NewEvent> stored() {
    synchronized (lock) {
      return List.copyOf(stored.values());
    }
  }

  /** Returns how many tasks wait for events. */
  public int waiting() {
    synchronized (lock) {
      return waiters.size();
    }
  }

  /** Returns how many events each read returned. */
  public List<Integer> readSizes() {
    return List.copyOf(readSizes);
  }

  /** Returns how many times it was asked. */
  public int asked() {
    return asked.get();
  }

  private <T> CompletionStage<T> answer(Supplier<T> value) {
    asked.incrementAndGet();
    if (away) {
      return CompletableFuture.failedFuture(new JournalUnavailableException("away", null));
    }
    return gate.thenApply(open -> value.get());
  }

  private long lastPosition() {
    return events.isEmpty() ? keptFrom : events.get(events.size() - 1).position();
  }

  @Override
  public CompletionStage<Long> last() {
    return answer(
        () -> {
          synchronized (lock) {
            return lastPosition();
          }
        });
  }

  @Override
  public CompletionStage<Long> before(Instant time) {
    return answer(
        () -> {
          synchronized (lock) {
            return events.stream()
                .filter(each -> !each.event().receivedAt().isBefore(time))
                .findFirst()
                .map(each -> each.position() - 1)
                .orElseGet(this::lastPosition);
          }
        });
  }

  @Override
  public CompletionStage<Long> position(String cursor) {
    return answer(
        () -> {
          if (cursor.startsWith("other-")) {
            throw new CursorExpiredException("of another journal");
          }
          if (!cursor.matches(PREFIX + "\\d+")) {
            throw new IllegalArgumentException("no cursor");
          }
          return Long.valueOf(cursor.substring(PREFIX.length()));
        });
  }

  @Override
  public String cursor(long position) {
    return PREFIX + position;
  }

  @Override
  public CompletionStage<EventPage> read(long position, int limit) {
    return answer(
        () -> {
          synchronized (lock) {
            if (position < keptFrom) {
              throw new CursorExpiredException("forgotten");
            }
            List<StoredEvent> page =
                events.stream().filter(each -> each.position() > position).limit(limit).toList();
            readSizes.add(page.size());
            return new EventPage(
                page,
                page.size() < limit
                    ? Math.max(position, lastPosition())
                    : page.get(page.size() - 1).position());
          }
        });
  }

  @Override
  public AutoCloseable whenAfter(long position, Runnable task) {
    Waiter waiter = new Waiter(position, task);
    synchronized (lock) {
      if (lastPosition() <= position) {
        waiters.add(waiter);
        return () -> withdraw(waiter);
      }
    }
    task.run();
    return () -> {};
  }

  private void withdraw(Waiter waiter) {
    synchronized (lock) {
      waiters.remove(waiter);
    }
  }

  @Override
  public CompletionStage<Void> store(List<NewEvent> more) {
    return answer(
        () -> {
          synchronized (lock) {
            more.forEach(each -> stored.putIfAbsent(each.key(), each));
          }
          return null;
        });
  }

  @Override
  public CompletionStage<Optional<JournalEntry>> findByMessageId(Scope scope, String messageId) {
    return answer(() -> newest(scope, each -> each.message().messageId().equals(messageId)));
  }

  @Override
  public CompletionStage<Optional<JournalEntry>> findByRequestId(Scope scope, String requestId) {
    return answer(() -> newest(scope, each -> each.message().requestId().equals(requestId)));
  }

  private Optional<JournalEntry> newest(Scope scope, Predicate<JournalEntry> condition) {
    return newestFirst().stream().filter(each -> sees(scope, each)).filter(condition).findFirst();
  }

  private List<JournalEntry> newestFirst() {
    return messages.stream()
        .sorted(
            Comparator.comparing((JournalEntry each) -> each.message().beganAt())
                .thenComparing(JournalEntry::sequence)
                .reversed())
        .toList();
  }

  private static boolean sees(Scope scope, JournalEntry entry) {
    return (scope.appIds() == null || scope.appIds().contains(entry.message().appId()))
        && (scope.caller() == null || scope.caller().equals(entry.message().caller()));
  }

  @Override
  public CompletionStage<List<JournalEntry>> list(MessageQuery query) {
    return answer(
        () ->
            newestFirst().stream()
                .filter(each -> sees(query.scope(), each))
                .filter(each -> matches(query, each))
                .limit(query.limit())
                .toList());
  }

  private static boolean matches(MessageQuery query, JournalEntry entry) {
    var message = entry.message();
    var receipt = entry.receipt();
    return (query.openId().isEmpty() || query.openId().equals(message.openId()))
        && (query.templateId().isEmpty() || query.templateId().equals(message.templateId()))
        && message.requestId().startsWith(query.requestIdPrefix())
        && (query.outcome() == null || query.outcome() == message.outcome())
        && (query.reasons() == null || query.reasons().contains(message.reason()))
        && (query.delivered() == null
            || (receipt != null && receipt.report().delivered() == query.delivered()))
        && (query.from() == null || !message.beganAt().isBefore(query.from()))
        && (query.to() == null || message.beganAt().isBefore(query.to()))
        && (query.after() == null || isAfter(query.after(), entry));
  }

  private static boolean isAfter(MessageQuery.Place place, JournalEntry entry) {
    int byTime = entry.message().beganAt().compareTo(place.beganAt());
    return byTime < 0 || (byTime == 0 && entry.sequence() < place.sequence());
  }

  @Override
  public CompletionStage<List<Subscription>> find(
      String appId, String openId, List<String> templateIds) {
    return answer(
        () ->
            subscriptions.stream()
                .filter(each -> templateIds.isEmpty() || templateIds.contains(each.templateId()))
                .toList());
  }

  @Override
  public CompletionStage<Result> ingest(String appId, Map<String, String> query, byte[] body) {
    ingested.add(new Ingested(appId, query, new String(body, StandardCharsets.UTF_8)));
    return answerToPush.get();
  }
}
