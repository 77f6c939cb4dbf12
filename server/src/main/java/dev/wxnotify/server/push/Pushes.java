package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.NewEvent;
import dev.wxnotify.server.journal.PushListener;
import dev.wxnotify.server.journal.PushListener.Kind;
import dev.wxnotify.server.journal.PushListener.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What is done with each push, whichever way it came: verified, read, stored, counted.
 *
 * <p>Nothing here remembers a push. One that is repeated, by WeChat or by a stranger who has seen
 * it, is verified again and stored again, which the keys of the journal make one event of.
 */
final class Pushes {
  private final Verifier verifier;
  private final EventIntake intake;
  private final PushListener listener;
  private final InstantSource clock;
  private final BoundedLog log;

  Pushes(
      Verifier verifier,
      EventIntake intake,
      PushListener listener,
      InstantSource clock,
      BoundedLog log) {
    this.verifier = verifier;
    this.intake = intake;
    this.listener = listener;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Answers WeChat's verification of the URL.
   *
   * @throws Refusal if it is not WeChat's
   */
  String verifyUrl(PushApp app, PushQuery query) throws Refusal {
    try {
      String echo = verifier.echo(app, query);
      listener.pushed(app.appId(), Kind.VERIFICATION, Result.VERIFIED);
      return echo;
    } catch (Refusal e) {
      refused(app, Kind.VERIFICATION, e);
      throw e;
    }
  }

  /**
   * Takes a push.
   *
   * @return completes when its events are stored, with whether it was for this server; fails with
   *     {@link JournalUnavailableException} where they are not
   * @throws Refusal if it is not WeChat's
   */
  CompletionStage<Boolean> receive(PushApp app, PushQuery query, byte[] body) throws Refusal {
    Verifier.Genuine push;
    try {
      push = verifier.open(app, query, body);
    } catch (Refusal e) {
      refused(app, Kind.UNKNOWN, e);
      throw e;
    }
    PushNode content = push.content();
    if (content == null) {
      unreadable(app, Kind.OTHER);
      return CompletableFuture.completedFuture(false);
    }
    Instant now = clock.instant();
    EventReader.Found found = EventReader.read(app.appId(), content, push.signedSeconds(), now);
    if (found.kind() == Kind.OTHER) {
      listener.pushed(app.appId(), Kind.OTHER, Result.NOT_OURS);
      return CompletableFuture.completedFuture(false);
    }
    if (found.unreadable() > 0) {
      unreadable(app, found.kind());
    }
    return found.events().isEmpty()
        ? CompletableFuture.completedFuture(true)
        : store(app, found.kind(), found.events());
  }

  private CompletionStage<Boolean> store(PushApp app, Kind kind, List<NewEvent> events) {
    return stored(events)
        .handle(
            (stored, fault) -> {
              if (fault != null) {
                throw unavailable(app, kind, fault);
              }
              listener.pushed(app.appId(), kind, Result.STORED);
              events.forEach(each -> arrived(each.event()));
              return true;
            });
  }

  private CompletionStage<Void> stored(List<NewEvent> events) {
    try {
      return intake.store(events);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void arrived(Event event) {
    if (event.detail() instanceof Event.DeliveryReport report) {
      Duration lag = Duration.between(event.occurredAt(), event.receivedAt());
      listener.receiptArrived(
          event.appId(), report.delivered(), lag.isNegative() ? Duration.ZERO : lag);
    }
  }

  private JournalUnavailableException unavailable(PushApp app, Kind kind, Throwable fault) {
    Throwable cause = cause(fault);
    listener.pushed(app.appId(), kind, Result.UNAVAILABLE);
    if (cause instanceof JournalUnavailableException known) {
      log.warn(app.appId(), "the events of a push could not be stored; WeChat pushes them again");
      return known;
    }
    log.error(app.appId(), cause);
    return new JournalUnavailableException("the events of a push could not be stored", cause);
  }

  private static Throwable cause(Throwable fault) {
    Throwable inner = fault instanceof CompletionException ? fault.getCause() : null;
    return inner == null ? fault : inner;
  }

  private void refused(PushApp app, Kind kind, Refusal refusal) {
    listener.pushed(app.appId(), kind, refusal.result());
    switch (refusal.result()) {
      case WRONG_SIGNATURE ->
          log.warn(app.appId(), "a push was refused: its signature is not by push.token");
      case WRONG_KEY ->
          log.warn(
              app.appId(), "a push was refused: it cannot be decrypted by push.encoding-aes-key");
      case WRONG_APP -> log.warn(app.appId(), "a push was refused: it is for another AppID");
      case WRONG_MODE ->
          log.warn(
              app.appId(),
              "a push was refused: its encryption does not match push.mode and"
                  + " push.encoding-aes-key");
      case WRONG_TIME ->
          log.warn(
              app.appId(),
              "a push was refused: its timestamp is not within wxnotify.push.timestamp-window");
      case MALFORMED, VERIFIED, STORED, NOT_OURS, UNREADABLE, UNAVAILABLE -> {
        // Any stranger can send anything.
      }
    }
  }

  private void unreadable(PushApp app, Kind kind) {
    listener.pushed(app.appId(), kind, Result.UNREADABLE);
    log.warn(app.appId(), "a genuine push could not be read; it was answered with success");
  }
}
