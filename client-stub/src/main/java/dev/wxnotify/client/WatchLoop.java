package dev.wxnotify.client;

import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a watch does, all of it on one thread.
 *
 * <pre>
 *   stream ─▶ event ─▶ listener returns ─▶ cursor ─▶ event …
 *      ▲        │
 *      │        └─ broken, or silent ─▶ a pause, longer after each failure in a row ──┐
 *      └──────────────────────────── from the cursor ◀────────────────────────────────┘
 * </pre>
 *
 * <p>Everybody else (callers, gRPC) only puts words into the inbox, which is bounded by what the
 * stream was asked for. An event that arrived before its stream broke is handled before the next
 * stream begins, so that it does not come again.
 */
final class WatchLoop implements WatchCall.Events {
  /**
   * How long a stream may say nothing: a heartbeat comes every 15 seconds. A connection that went
   * without a word is noticed by this, whatever the channel's own keep-alive is.
   */
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final CallOptions options;
  private final WatchEventsRequest request;
  private final EventListener listener;
  private final Duration longestSilence;
  private final BatchRules pauses = new BatchRules();
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Optional<SendFailure>> end = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile String cursor;

  private @Nullable WatchCall stream;
  private boolean over;
  private int failures;
  private long nextNanos = System.nanoTime();
  private long heardNanos;

  WatchLoop(
      Channel channel,
      @Nullable ManagedChannel owned,
      CallOptions options,
      WatchEventsRequest request,
      EventListener listener,
      Duration longestSilence) {
    this.channel = channel;
    this.owned = owned;
    this.options = options;
    this.request = request;
    this.listener = listener;
    this.longestSilence = longestSilence;
    this.cursor = request.getCursor();
  }

  String cursor() {
    return cursor;
  }

  /** Why it ended; empty if it was closed. Fails with what a listener threw. */
  CompletableFuture<Optional<SendFailure>> end() {
    return end;
  }

  /** Ends at once: no method of the listener begins any more. On any thread. */
  void close() {
    closed = true;
    inbox.add(() -> {}); // To look again.
  }

  /** Runs until the watch has ended. */
  void run() {
    try {
      while (!over && !closed) {
        WatchCall current = stream;
        if (current == null && nextNanos - System.nanoTime() <= 0) {
          open();
          current = stream;
        }
        Runnable word = inbox.poll(nanosToNextTime(current), TimeUnit.NANOSECONDS);
        if (word != null && !closed) {
          word.run();
        } else if (current != null && isSilent()) {
          lost(current);
        }
      }
      end.complete(Optional.empty());
    } catch (InterruptedException | RuntimeException | Error e) {
      end.completeExceptionally(e);
    } finally {
      leave("the watch has ended");
    }
  }

  private void open() {
    if (owned != null) {
      owned.resetConnectBackoff(); // The pauses are made here.
    }
    heardNanos = System.nanoTime();
    stream = new WatchCall(channel, options, next(), this);
  }

  private WatchEventsRequest next() {
    return cursor.isEmpty() ? request : request.toBuilder().clearSince().setCursor(cursor).build();
  }

  private long nanosToNextTime(@Nullable WatchCall current) {
    long now = System.nanoTime();
    return Math.max(
        0, current == null ? nextNanos - now : heardNanos + longestSilence.toNanos() - now + 1);
  }

  /** The time that the listener took does not count: the inbox would have had something. */
  private boolean isSilent() {
    return inbox.isEmpty() && System.nanoTime() - heardNanos > longestSilence.toNanos();
  }

  @Override
  public void onAnswer(WatchCall from, WatchEventsResponse answer) {
    inbox.add(() -> answered(from, answer));
  }

  @Override
  public void onClosed(WatchCall from, Status status, Metadata trailers) {
    inbox.add(() -> closed(from, status, trailers));
  }

  private void answered(WatchCall from, WatchEventsResponse answer) {
    if (from != stream) {
      return; // It was given up.
    }
    failures = 0;
    from.answered();
    if (answer.hasEvent()) {
      listener.onEvent(answer.getEvent());
      cursor = answer.getEvent().getCursor();
    } else if (answer.hasHeartbeat()) {
      listener.onHeartbeat(answer.getHeartbeat().getCursor());
      cursor = answer.getHeartbeat().getCursor();
    }
    heardNanos = System.nanoTime();
    from.requestNext();
  }

  private void closed(WatchCall from, Status status, Metadata trailers) {
    if (from != stream) {
      return;
    }
    stream = null;
    Status broken =
        status.isOk() ? Status.UNAVAILABLE.withDescription("the server ended the watch") : status;
    SendFailure cause = Failures.ofStatus(broken, trailers, from.wasWritten(), true);
    if (isFinal(broken)) {
      endWith(cause);
    } else if (owned != null && owned.isShutdown()) {
      endWith(
          Failures.notSent(
              Status.Code.UNAVAILABLE, ErrorReason.CALL_CANCELLED, "the client was closed"));
    } else {
      pause(cause, from.wasAnswered() && cause.reason() == ErrorReason.SERVER_STOPPING);
    }
  }

  /** Whether another attempt would get the same answer. */
  private static boolean isFinal(Status status) {
    return Failures.isRefusal(status)
        || status.getCode() == Status.Code.INVALID_ARGUMENT
        || status.getCode() == Status.Code.OUT_OF_RANGE;
  }

  private void lost(WatchCall silent) {
    leave("no heartbeat came");
    Status status =
        Status.UNAVAILABLE.withDescription(
            "the server said nothing for " + longestSilence.getSeconds() + " s");
    pause(Failures.ofStatus(status, null, silent.wasWritten(), true), false);
  }

  private void pause(SendFailure cause, boolean atOnce) {
    Duration pause = Duration.ZERO;
    if (!atOnce) {
      pause = pauses.pause(failures, ThreadLocalRandom.current().nextDouble());
      Duration asked = cause.retryAfter().orElse(Duration.ZERO);
      pause = asked.compareTo(pause) > 0 ? asked : pause;
      failures++;
    }
    nextNanos = System.nanoTime() + pause.toNanos();
    listener.onBroken(cause, pause);
  }

  private void endWith(SendFailure why) {
    over = true;
    listener.onEnd(why);
    end.complete(Optional.of(why));
  }

  private void leave(String why) {
    WatchCall left = stream;
    stream = null;
    if (left != null) {
      left.cancel(why);
    }
  }
}
