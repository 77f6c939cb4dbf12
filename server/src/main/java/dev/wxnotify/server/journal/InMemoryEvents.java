package dev.wxnotify.server.journal;

import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.InMemoryMessages.Kept;
import dev.wxnotify.server.journal.InMemoryMessages.MessageKey;
import dev.wxnotify.server.journal.JournalEntry.Receipt;
import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest events. Not safe for threads: the store has the lock.
 *
 * <pre>
 *   receipt of an unknown message ─▶ waiting ── its message, or 30 s ──▶ visible ─▶ forgotten
 *   anything else ───────────────────────────────────────────────────────▲
 * </pre>
 */
final class InMemoryEvents {
  private static final Comparator<StoredEvent> LATEST_FIRST =
      Comparator.comparing((StoredEvent stored) -> stored.event().occurredAt())
          .thenComparingLong(StoredEvent::position)
          .reversed();

  private final int capacity;
  private final Set<String> keys = new HashSet<>();

  /** What is not visible, in the order of arrival, by its key. */
  private final Map<String, NewEvent> waiting = new LinkedHashMap<>();

  /** Receipts without their message, waiting or visible. */
  private final Map<MessageKey, NewEvent> unjoined = new HashMap<>();

  private final TreeMap<Long, Visible> visible = new TreeMap<>();
  private long last;
  private long forgottenThrough;

  private record Visible(String key, StoredEvent stored) {}

  InMemoryEvents(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an event; returns false if it is known. */
  boolean add(NewEvent added, InMemoryMessages messages) {
    if (!keys.add(added.key())) {
      return false;
    }
    MessageKey key = messageKey(added.event());
    Kept owner = key == null ? null : messages.find(key);
    if (key == null) {
      publish(added, null);
    } else if (owner == null) {
      waiting.put(added.key(), added);
      unjoined.put(key, added);
    } else {
      join(added, owner);
    }
    if (waiting.size() + visible.size() > capacity) {
      forgetOldest();
    }
    return true;
  }

  /** Joins what came before its message. */
  void joinWith(Kept message) {
    MessageRecord record = message.message();
    if (unjoined.isEmpty() || record.messageId().isEmpty()) {
      return;
    }
    NewEvent early = unjoined.remove(new MessageKey(record.appId(), record.messageId()));
    if (early == null) {
      return;
    }
    if (waiting.remove(early.key()) == null) {
      received(early, message); // It was visible before, as of an unknown message.
    } else {
      join(early, message);
    }
  }

  private void join(NewEvent receipt, Kept owner) {
    received(receipt, owner);
    publish(receipt, owner.message());
  }

  private static void received(NewEvent receipt, Kept owner) {
    if (receipt.event().detail() instanceof DeliveryReport report) {
      owner.received(new Receipt(report, receipt.event().occurredAt()));
    }
  }

  private void publish(NewEvent event, @Nullable MessageRecord owner) {
    last++;
    visible.put(
        last,
        new Visible(
            event.key(),
            new StoredEvent(
                last,
                event.event(),
                owner != null,
                owner == null ? "" : owner.caller(),
                owner == null ? "" : owner.requestId())));
  }

  int publishOrphans(Instant before, int limit) {
    int published = 0;
    for (Iterator<NewEvent> each = waiting.values().iterator(); each.hasNext(); ) {
      NewEvent orphan = each.next();
      if (orphan.event().receivedAt().isBefore(before)) {
        if (published == limit) {
          break;
        }
        published++;
        each.remove();
        publish(orphan, null);
      }
    }
    return published;
  }

  EventPage read(long position, int limit) {
    if (position < forgottenThrough) {
      throw new CursorExpiredException("events after the cursor are no longer kept");
    }
    if (position > last) {
      throw CursorExpiredException.beyond();
    }
    List<StoredEvent> page =
        visible.tailMap(position, false).values().stream()
            .limit(limit)
            .map(Visible::stored)
            .toList();
    return new EventPage(page, page.isEmpty() ? last : page.get(page.size() - 1).position());
  }

  long last() {
    return last;
  }

  long before(Instant time) {
    for (Visible each : visible.values()) {
      if (!each.stored.event().receivedAt().isBefore(time)) {
        return Math.max(forgottenThrough, each.stored.position() - 1);
      }
    }
    return last;
  }

  /** Returns the acceptances of a subscription, in the order of arrival. */
  Stream<Acceptance> acceptances(SubscriptionKey subscription) {
    return visible.values().stream()
        .map(each -> each.stored.event())
        .filter(
            event ->
                event.openId().equals(subscription.openId())
                    && event.templateId().equals(subscription.templateId())
                    && event.appId().equals(subscription.appId()))
        .flatMap(
            event ->
                event.detail() instanceof SubscriptionChange change
                        && change.answer() == Event.Answer.ACCEPTED
                    ? Stream.of(new Acceptance(event.occurredAt(), change.source()))
                    : Stream.empty());
  }

  /** Returns the answers of a user, the latest first. */
  List<StoredEvent> answers(String appId, String openId, int limit) {
    return visible.values().stream()
        .map(Visible::stored)
        .filter(
            stored ->
                stored.event().detail() instanceof SubscriptionChange
                    && stored.event().openId().equals(openId)
                    && stored.event().appId().equals(appId))
        .sorted(LATEST_FIRST)
        .limit(limit)
        .toList();
  }

  /** Returns the receipts of a message, in the order of arrival. */
  List<StoredEvent> receipts(String appId, String messageId) {
    return visible.values().stream()
        .map(Visible::stored)
        .filter(
            stored ->
                stored.event().detail() instanceof DeliveryReport report
                    && !messageId.isEmpty()
                    && report.messageId().equals(messageId)
                    && stored.event().appId().equals(appId))
        .toList();
  }

  /** Forgets events that were received before a time; returns how many. */
  int prune(Instant before, int limit) {
    int pruned = 0;
    for (Iterator<Visible> all = visible.values().iterator(); all.hasNext() && pruned < limit; ) {
      Visible each = all.next();
      if (each.stored.event().receivedAt().isBefore(before)) {
        all.remove();
        forget(each);
        pruned++;
      }
    }
    for (Iterator<NewEvent> all = waiting.values().iterator(); all.hasNext() && pruned < limit; ) {
      NewEvent each = all.next();
      if (each.event().receivedAt().isBefore(before)) {
        all.remove();
        forget(each.key(), each.event());
        pruned++;
      }
    }
    return pruned;
  }

  private void forgetOldest() {
    Map.Entry<Long, Visible> oldest = visible.pollFirstEntry();
    if (oldest != null) {
      forget(oldest.getValue());
    } else {
      Iterator<NewEvent> first = waiting.values().iterator();
      NewEvent oldestWaiting = first.next();
      first.remove();
      forget(oldestWaiting.key(), oldestWaiting.event());
    }
  }

  private void forget(Visible old) {
    forgottenThrough = Math.max(forgottenThrough, old.stored.position());
    forget(old.key, old.stored.event());
  }

  private void forget(String key, Event old) {
    keys.remove(key);
    MessageKey messageKey = messageKey(old);
    if (messageKey != null) {
      unjoined.computeIfPresent(
          messageKey, (ignored, receipt) -> receipt.key().equals(key) ? null : receipt);
    }
  }

  /** Returns what a receipt belongs to; null for another event. */
  private static @Nullable MessageKey messageKey(Event event) {
    return event.detail() instanceof DeliveryReport report && !report.messageId().isEmpty()
        ? new MessageKey(event.appId(), report.messageId())
        : null;
  }
}
