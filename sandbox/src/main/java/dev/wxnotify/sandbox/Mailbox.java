package dev.wxnotify.sandbox;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The last accepted messages, the last sends of any outcome, and the duplicates. */
final class Mailbox {

  /** Above 2^53, to reveal a caller that reads msgid as a floating-point number. */
  private static final long FIRST_MSGID = 3_248_682_510_344_192_008L;

  private static final String MASKED_TOKEN = Masks.query(Map.of(Tokens.PARAMETER, ""));

  private final InstantSource clock;
  private final InboxLog log;
  private final Ring<ReceivedSend> accepted;
  private final Ring<ReceivedSend> received;
  private final AtomicLong nextMsgid = new AtomicLong(FIRST_MSGID);
  private final AtomicLong duplicates = new AtomicLong();
  private final Object order = new Object();

  @GuardedBy("seen")
  private final Map<RawBody, Boolean> seen;

  Mailbox(int kept, InstantSource clock, InboxLog log) {
    this.clock = clock;
    this.log = log;
    this.accepted = new Ring<>(kept);
    this.received = new Ring<>(kept);
    this.seen =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<RawBody, Boolean> eldest) {
            return size() > kept;
          }
        };
  }

  /** Gives a message its id. It is in the lists once {@link #received} has its answer. */
  AcceptedMessage accept(String appId, String openId, String templateId, RawBody body) {
    AcceptedMessage message =
        new AcceptedMessage(
            nextMsgid.getAndIncrement(), appId, openId, templateId, body, clock.instant());
    synchronized (seen) {
      if (seen.put(body, true) != null) {
        duplicates.incrementAndGet();
      }
    }
    return message;
  }

  /**
   * Keeps a send that was read.
   *
   * @param owner the app that made it; null if its token is nobody's
   */
  @CanIgnoreReturnValue
  ReceivedSend received(@Nullable String owner, Call call, Answer answer) {
    // One after another, so that the numbers of each list only go up.
    synchronized (order) {
      return log.add(
              (number, time) ->
                  new InboxEvent.Message(keep(send(number, time, owner, call, answer))))
          .send();
    }
  }

  /** Before its event is there: who hears of a send finds it. */
  private ReceivedSend keep(ReceivedSend send) {
    received.add(send);
    if (send.accepted() != null) {
      accepted.add(send);
    }
    return send;
  }

  private static ReceivedSend send(
      long number, Instant time, @Nullable String owner, Call call, Answer answer) {
    return new ReceivedSend(
        number,
        Objects.requireNonNullElse(owner, ""),
        call.method(),
        query(call.query()),
        call.contentType(),
        call.body(),
        answer.outcome(),
        answer.json().path("errmsg").asText(""),
        answer.effect(),
        answer.accepted(),
        time);
  }

  List<AcceptedMessage> accepted() {
    return accepted.list().stream()
        .map(ReceivedSend::accepted)
        .map(Objects::requireNonNull)
        .toList();
  }

  /** The sends of the last accepted messages, oldest first. */
  List<ReceivedSend> acceptedSends() {
    return accepted.list();
  }

  /**
   * The sends up to an event, so that the rest can be taken from the events after it.
   *
   * @param upTo the number of that event
   */
  record Snapshot(List<ReceivedSend> sends, long upTo) {}

  /**
   * What is there now.
   *
   * @param onlyAccepted true for the last accepted messages, false for the last sends
   */
  Snapshot snapshot(boolean onlyAccepted) {
    synchronized (order) {
      return new Snapshot((onlyAccepted ? accepted : received).list(), log.last());
    }
  }

  /** The last sends, oldest first. */
  List<ReceivedSend> received() {
    return received.list();
  }

  /** A send by its number, also an accepted one that many failed ones have followed. */
  @Nullable ReceivedSend find(long number) {
    ReceivedSend found = find(received.list(), number);
    return found != null ? found : find(accepted.list(), number);
  }

  long duplicates() {
    return duplicates.get();
  }

  void clear() {
    synchronized (order) {
      accepted.clear();
      received.clear();
      log.add(InboxEvent.Reset::new);
    }
    duplicates.set(0);
    synchronized (seen) {
      seen.clear();
    }
  }

  /** Nearly all sends have the token and nothing else; they share one text. */
  private static String query(Map<String, String> query) {
    return query.size() == 1 && query.containsKey(Tokens.PARAMETER)
        ? MASKED_TOKEN
        : Masks.query(query);
  }

  private static @Nullable ReceivedSend find(List<ReceivedSend> sends, long number) {
    int low = 0;
    int high = sends.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      ReceivedSend send = sends.get(middle);
      if (send.number() == number) {
        return send;
      }
      if (send.number() < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }
}
