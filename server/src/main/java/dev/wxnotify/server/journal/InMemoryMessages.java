package dev.wxnotify.server.journal;

import dev.wxnotify.server.journal.JournalEntry.Receipt;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages. To add one costs an entry in two tables; to look one up by anything but its
 * message id reads all of them, which are few. Not safe for threads: the store has the lock.
 */
final class InMemoryMessages {
  private static final Comparator<Kept> NEWEST_FIRST =
      Comparator.comparing((Kept kept) -> kept.message.beganAt())
          .thenComparingLong(kept -> kept.sequence)
          .reversed();

  private final int capacity;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Map<MessageKey, Kept> byMessageId = new HashMap<>();
  private long lastSequence;

  /** What WeChat's id of a message belongs to. */
  record MessageKey(String appId, String messageId) {}

  /** A message, and its receipt once that is known. */
  static final class Kept {
    private final long sequence;
    private final MessageRecord message;
    private @Nullable Receipt receipt;

    private Kept(long sequence, MessageRecord message) {
      this.sequence = sequence;
      this.message = message;
    }

    MessageRecord message() {
      return message;
    }

    void received(Receipt newest) {
      receipt = newest;
    }

    private JournalEntry entry() {
      return new JournalEntry(sequence, message, receipt);
    }
  }

  InMemoryMessages(int capacity) {
    this.capacity = capacity;
  }

  /** Adds a message, which makes the oldest leave where there are too many. */
  Kept add(MessageRecord message) {
    Kept added = new Kept(++lastSequence, message);
    kept.addLast(added);
    if (!message.messageId().isEmpty()) {
      byMessageId.put(key(message), added);
    }
    if (kept.size() > capacity) {
      forget(kept.removeFirst());
    }
    return added;
  }

  /** Returns the message that a receipt belongs to; null if it is not known. */
  @Nullable Kept find(MessageKey key) {
    return byMessageId.get(key);
  }

  Optional<JournalEntry> findByMessageId(Scope scope, String messageId) {
    return messageId.isEmpty()
        ? Optional.empty()
        : newest(scope, message -> message.messageId().equals(messageId));
  }

  Optional<JournalEntry> findByRequestId(Scope scope, String requestId) {
    return requestId.isEmpty()
        ? Optional.empty()
        : newest(scope, message -> message.requestId().equals(requestId));
  }

  private Optional<JournalEntry> newest(Scope scope, Predicate<MessageRecord> filter) {
    return visible(scope)
        .filter(each -> filter.test(each.message))
        .min(NEWEST_FIRST)
        .map(Kept::entry);
  }

  List<JournalEntry> list(MessageQuery query) {
    return visible(query.scope())
        .filter(each -> matches(query, each))
        .sorted(NEWEST_FIRST)
        .limit(query.limit())
        .map(Kept::entry)
        .toList();
  }

  /** Returns when WeChat took each message of a subscription, in the order of arrival. */
  Stream<Instant> sends(SubscriptionKey subscription) {
    return kept.stream()
        .map(each -> each.message)
        .filter(
            message ->
                message.outcome() == MessageRecord.Outcome.ACCEPTED
                    && message.openId().equals(subscription.openId())
                    && message.templateId().equals(subscription.templateId())
                    && message.appId().equals(subscription.appId()))
        .map(MessageRecord::endedAt);
  }

  /** Forgets messages that ended before a time; returns how many. */
  int prune(Instant before, int limit) {
    int[] pruned = {0};
    kept.removeIf(
        each -> {
          boolean goes = pruned[0] < limit && each.message.endedAt().isBefore(before);
          if (goes) {
            pruned[0]++;
            forget(each);
          }
          return goes;
        });
    return pruned[0];
  }

  private void forget(Kept old) {
    if (!old.message.messageId().isEmpty()) {
      byMessageId.remove(key(old.message), old);
    }
  }

  private Stream<Kept> visible(Scope scope) {
    return kept.stream()
        .filter(
            each ->
                (scope.appIds() == null || scope.appIds().contains(each.message.appId()))
                    && (scope.caller() == null || scope.caller().equals(each.message.caller())));
  }

  private static boolean matches(MessageQuery query, Kept each) {
    MessageRecord message = each.message;
    return matches(query.openId(), message.openId())
        && matches(query.templateId(), message.templateId())
        && message.requestId().startsWith(query.requestIdPrefix())
        && (query.outcome() == null || query.outcome() == message.outcome())
        && (query.reasons() == null || query.reasons().contains(message.reason()))
        && (query.delivered() == null || hasReceipt(each, query.delivered()))
        && (query.from() == null || !message.beganAt().isBefore(query.from()))
        && (query.to() == null || message.beganAt().isBefore(query.to()))
        && (query.after() == null || isAfter(each, query.after()));
  }

  private static boolean matches(String filter, String value) {
    return filter.isEmpty() || filter.equals(value);
  }

  private static boolean hasReceipt(Kept each, boolean delivered) {
    Receipt receipt = each.receipt;
    return receipt != null && receipt.report().delivered() == delivered;
  }

  private static boolean isAfter(Kept each, MessageQuery.Place place) {
    int began = each.message.beganAt().compareTo(place.beganAt());
    return began < 0 || (began == 0 && each.sequence < place.sequence());
  }

  private static MessageKey key(MessageRecord message) {
    return new MessageKey(message.appId(), message.messageId());
  }
}
