package dev.wxnotify.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The last accepted messages, the last sends of any outcome, and the duplicates. */
final class Mailbox {

  /** Above 2^53, to reveal a caller that reads msgid as a floating-point number. */
  private static final long FIRST_MSGID = 3_248_682_510_344_192_008L;

  private final InstantSource clock;
  private final Ring<AcceptedMessage> accepted;
  private final Ring<ReceivedSend> received;
  private final AtomicLong nextMsgid = new AtomicLong(FIRST_MSGID);
  private final AtomicLong duplicates = new AtomicLong();
  private final Map<RawBody, Boolean> seen;

  Mailbox(int kept, InstantSource clock) {
    this.clock = clock;
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

  AcceptedMessage accept(String appId, String openId, String templateId, RawBody body) {
    Instant now = clock.instant();
    AcceptedMessage message =
        new AcceptedMessage(nextMsgid.getAndIncrement(), appId, openId, templateId, body, now);
    accepted.add(message);
    synchronized (seen) {
      if (seen.put(body, true) != null) {
        duplicates.incrementAndGet();
      }
    }
    return message;
  }

  void received(RawBody body, int errcode) {
    received.add(new ReceivedSend(body, errcode, clock.instant()));
  }

  List<AcceptedMessage> accepted() {
    return accepted.list();
  }

  List<ReceivedSend> received() {
    return received.list();
  }

  long duplicates() {
    return duplicates.get();
  }

  void clear() {
    accepted.clear();
    received.clear();
    duplicates.set(0);
    synchronized (seen) {
      seen.clear();
    }
  }
}
