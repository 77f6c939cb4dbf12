package dev.wxnotify.client;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a batch does, all of it on one thread: {@link WaitingItems} has what is to be sent, {@link
 * StreamCall} what was, {@link Retries} says what an answer means, and {@link Reconnects} when
 * there is another stream.
 *
 * <pre>
 *   taken ─▶ ready ─▶ on the stream ─▶ result ─▶ listener
 *              ▲            │              │
 *              │            └─ broken ─────┼─ not written, or safe to repeat ──▶ ready
 *              │                           │  else: UNKNOWN ──▶ listener
 *              └──── due ◀── later ◀───────┘  the answer says "after a while"
 * </pre>
 *
 * <p>A stream that has grown old takes no more items, and has its answers awaited while the next
 * one is used.
 *
 * <p>Everybody else (callers, gRPC) only puts events into the inbox. So nothing here needs a lock,
 * and an item is in exactly one place: that is why it has exactly one result.
 *
 * <p>The inbox is bounded by what can be put in: the window's items, the answers that the stream
 * was asked for, and a few words.
 *
 * <p>It is long because one loop owns all items: a class of its own for each event would share what
 * has one owner here.
 */
final class BatchLoop implements StreamCall.Events {
  /** An item that breaks the stream must not do so for ever. */
  private static final int MOST_BREAKS = 16;

  /** How long the server may take to say good-bye when every item has its result. */
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

  private final Channel channel;
  private final @Nullable ManagedChannel owned;
  private final CallOptions options;
  private final BatchRules rules;
  private final BatchListener listener;
  private final Intake intake;
  private final CompletableFuture<BatchReport> end = new CompletableFuture<>();

  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final WaitingItems waiting = new WaitingItems();
  private final Retries retries;
  private final Reconnects reconnects;
  private final Tally tally = new Tally();

  /** What items are sent on. */
  private @Nullable StreamCall stream;

  /**
   * An old stream that has items without an answer. There is one at most: while it has, the next
   * one is used for longer than its life.
   */
  private @Nullable StreamCall old;

  private int streams;

  /** Items that were taken and have no result. */
  private long open;

  private boolean complete;
  private boolean ending;
  private boolean over;
  private @Nullable SendFailure endedBy;

  private @Nullable Long firstNanos;
  private long lastNanos;
  private @Nullable Long farewellNanos;

  BatchLoop(
      Channel channel,
      @Nullable ManagedChannel owned,
      CallOptions options,
      BatchRules rules,
      BatchListener listener) {
    this.channel = channel;
    this.owned = owned;
    this.options = options;
    this.rules = rules;
    this.listener = listener;
    this.retries = new Retries(rules);
    this.reconnects = new Reconnects(rules, System.nanoTime());
    this.intake =
        new Intake(
            rules.window,
            rules.windowBytes,
            item -> inbox.add(() -> onTaken(item)),
            () -> inbox.add(() -> complete = true));
  }

  /** Where items come in. */
  Intake intake() {
    return intake;
  }

  /** Returns an item as the batch sends it. */
  BatchSendRequest marked(BatchSendRequest item) {
    return rules.skipUnlessSubscribed && !item.getSkipUnlessSubscribed()
        ? item.toBuilder().setSkipUnlessSubscribed(true).build()
        : item;
  }

  /** How the batch ended; fails with what a listener threw. */
  CompletableFuture<BatchReport> end() {
    return end;
  }

  /** Sends nothing more, and waits for what was written. On any thread. */
  void stop() {
    SendFailure why =
        Failures.notSent(
            Status.Code.CANCELLED, ErrorReason.CALL_CANCELLED, "the batch was stopped");
    intake.end(why);
    inbox.add(() -> onStop(why));
  }

  /** Ends at once. On any thread. */
  void cancel() {
    SendFailure why =
        Failures.notSent(
            Status.Code.CANCELLED, ErrorReason.CALL_CANCELLED, "the batch was cancelled");
    intake.end(why);
    inbox.add(() -> endAll(why));
  }

  /** Runs until the batch has ended. */
  void run() {
    try {
      while (!over) {
        Runnable event = inbox.poll(nanosToNextTime(), TimeUnit.NANOSECONDS);
        if (event != null) {
          event.run();
        }
        if (!over) {
          work(System.nanoTime());
        }
      }
      long first = firstNanos == null ? lastNanos : firstNanos;
      end.complete(
          new BatchReport(tally.summary(), streams, Duration.ofNanos(lastNanos - first), endedBy));
    } catch (InterruptedException | RuntimeException | Error e) {
      fail(e);
    }
  }

  /** The listener, or a fault of ours, ends the batch: nothing more can be told. */
  private void fail(Throwable fault) {
    intake.end(
        Failures.notSent(
            Status.Code.INTERNAL, ErrorReason.INTERNAL_ERROR, "the batch failed: " + fault));
    streams().forEach(left -> left.cancel("the batch failed"));
    end.completeExceptionally(fault);
  }

  // Events.

  @Override
  public void onAnswer(StreamCall from, BatchSendResponse answer) {
    inbox.add(() -> answered(from, answer));
  }

  @Override
  public void onReady() {
    inbox.add(() -> {}); // To look again.
  }

  @Override
  public void onClosed(StreamCall closed, Status status, Metadata trailers) {
    inbox.add(() -> closed(closed, status, trailers));
  }

  private void onTaken(BatchItem item) {
    open++;
    if (firstNanos == null) {
      firstNanos = System.nanoTime();
      lastNanos = firstNanos;
    }
    if (endedBy != null) {
      abandon(item, endedBy);
    } else if (item.bytes > Failures.MAX_REQUEST) {
      deliver(BatchResult.unanswered(item, Failures.tooLarge(item.bytes)), item);
    } else {
      waiting.add(item);
    }
  }

  private void onStop(SendFailure why) {
    if (endedBy != null) {
      return;
    }
    endedBy = why;
    complete = true;
    waiting.takeAll().forEach(item -> abandon(item, why));
  }

  private void answered(StreamCall from, BatchSendResponse answer) {
    if (!isOurs(from)) {
      return; // Of a stream that was given up; its items were accounted for.
    }
    if (answer.hasResult()) {
      BatchItem item = from.answer(answer.getResult().getIndex());
      if (from == stream) {
        reconnects.answered();
      } else {
        reconnects.answeredBefore(System.nanoTime());
      }
      if (item != null) {
        answered(from, item, answer.getResult());
      }
    }
    if (!over) {
      from.requestNext();
    }
  }

  private void answered(StreamCall from, BatchItem item, BatchItemResult answer) {
    if (answer.getOutcome() == Outcome.OUTCOME_ACCEPTED) {
      deliver(BatchResult.answered(item, answer, null), item);
      return;
    }
    SendFailure failure = Failures.ofItem(answer, item.isRepeatable());
    if (endedBy == null && (moves(from, item, failure) || isPutBack(item, failure))) {
      return;
    }
    deliver(BatchResult.answered(item, answer, Retries.truthOf(item, failure)), item);
  }

  /**
   * A server that stops gives back what it had not begun with, and ends the stream when the rest is
   * answered. The next stream is another replica's. Returns whether the item waits for it.
   */
  private boolean moves(StreamCall from, BatchItem item, SendFailure failure) {
    if (failure.reason() != ErrorReason.SERVER_STOPPING || item.givenBack >= MOST_BREAKS) {
      return false;
    }
    item.givenBack++;
    from.leave();
    waiting.add(item);
    return true;
  }

  private boolean isPutBack(BatchItem item, SendFailure failure) {
    boolean later = retries.sendsLater(item, failure, System.nanoTime());
    if (later) {
      waiting.addLater(item);
    }
    return later;
  }

  private void closed(StreamCall closed, Status status, Metadata trailers) {
    if (!isOurs(closed)) {
      return;
    }
    boolean wasOld = closed == old;
    forget(closed);
    if (complete && open == 0) {
      over = streams().isEmpty();
      return;
    }
    if (closed.isHalfClosed() && closed.isAllAnswered()) {
      return;
    }
    long now = System.nanoTime();
    SendFailure cause = Failures.ofStatus(asBroken(status), trailers, closed.wasWritten(), true);
    boolean refused = Failures.isRefusal(status) && !closed.wasAnswered();
    takeBack(closed, asBroken(status), refused || saysNoneSent(cause));
    if (refused || isShutDown()) {
      endAll(refused ? cause : shutDown());
      return;
    }
    if (wasOld) {
      if (endedBy == null && open > 0) {
        listener.onBroken(cause, Duration.ZERO); // The current stream goes on.
      }
      return;
    }
    Duration pause =
        reconnects.broke(closed.wasEverReady(), now, ThreadLocalRandom.current().nextDouble());
    if (endedBy == null && open > 0) {
      if (reconnects.isGivenUp(now)) {
        endAll(cause);
      } else {
        listener.onBroken(cause, pause);
      }
    }
  }

  /** The server half-closes only after the client did. */
  private static Status asBroken(Status status) {
    return status.isOk()
        ? Status.UNAVAILABLE.withDescription("the server ended the stream")
        : status;
  }

  private static boolean saysNoneSent(SendFailure cause) {
    return cause.fromService() && cause.outcome() == Outcome.OUTCOME_NOT_SENT;
  }

  /**
   * Gives each item of a broken stream its next place.
   *
   * @param noneSent whether items without a result were surely not sent
   */
  private void takeBack(StreamCall broken, Status status, boolean noneSent) {
    List<BatchItem> again = noneSent ? broken.takeUnanswered() : broken.takeUnwritten();
    List<BatchItem> repeated = new ArrayList<>();
    for (BatchItem item : broken.takeUnanswered()) {
      item.broken++;
      if (item.isRepeatable() && item.broken < MOST_BREAKS && endedBy == null) {
        repeated.add(item);
      } else {
        deliver(BatchResult.unanswered(item, Failures.unknown(status, item.isRepeatable())), item);
      }
    }
    repeated.addAll(again);
    if (endedBy != null) {
      SendFailure why = endedBy;
      repeated.forEach(item -> abandon(item, why));
      return;
    }
    waiting.addFirst(repeated);
  }

  // Work that is due.

  private void work(long now) {
    waiting.wake(now);
    if (complete && open == 0) {
      sayGoodBye(now);
      return;
    }
    retireOldStream(now);
    StreamCall current = stream;
    if (current == null) {
      if (!waiting.hasReady() || reconnects.nanosToOpening(now) > 0) {
        return;
      }
      current = openStream(now);
    }
    if (current.isLeft()) {
      return;
    }
    while (waiting.hasReady() && current.isReady()) {
      current.send(waiting.next());
    }
    // A given channel may make its calls wait for a connection.
    if (!current.wasEverReady() && reconnects.isGivenUp(now)) {
      current.cancel("no connection");
      stream = null;
      current.takeUnanswered().forEach(waiting::add);
      endAll(
          Failures.notSent(
              Status.Code.UNAVAILABLE,
              ErrorReason.ERROR_REASON_UNSPECIFIED,
              "the server was not reachable for " + rules.giveUpAfter.getSeconds() + " s"));
    }
  }

  /** Its items are answered yet; the others go on the next stream meanwhile. */
  private void retireOldStream(long now) {
    StreamCall current = stream;
    if (current != null && old == null && current.wasEverReady() && reconnects.isOld(now)) {
      current.halfClose();
      old = current;
      stream = null;
      reconnects.retired(now);
    }
  }

  private StreamCall openStream(long now) {
    if (owned != null) {
      owned.resetConnectBackoff(); // The pauses are made here.
    }
    StreamCall opened = new StreamCall(channel, options, this);
    stream = opened;
    streams++;
    reconnects.opened(now);
    return opened;
  }

  private void sayGoodBye(long now) {
    if (streams().isEmpty()) {
      over = true;
    } else if (farewellNanos == null) {
      farewellNanos = now + LONGEST_FAREWELL.toNanos();
      streams().forEach(StreamCall::halfClose);
    } else if (now - farewellNanos > 0) {
      streams().forEach(silent -> silent.cancel("every item has its result"));
      over = true;
    }
  }

  /** Returns the streams there are, the oldest first. */
  private List<StreamCall> streams() {
    List<StreamCall> all = new ArrayList<>();
    if (old != null) {
      all.add(old);
    }
    if (stream != null) {
      all.add(stream);
    }
    return all;
  }

  private boolean isOurs(StreamCall call) {
    return call == stream || call == old;
  }

  private void forget(StreamCall call) {
    if (call == stream) {
      stream = null;
    } else {
      old = null;
    }
  }

  private long nanosToNextTime() {
    long now = System.nanoTime();
    long wait = Math.min(TimeUnit.MINUTES.toNanos(1), waiting.nanosToNext(now));
    if (farewellNanos != null) {
      wait = Math.min(wait, farewellNanos - now + 1);
    }
    StreamCall current = stream;
    if (current == null) {
      if (waiting.hasReady()) {
        wait = Math.min(wait, reconnects.nanosToOpening(now));
      }
    } else if (!current.wasEverReady()) {
      wait = Math.min(wait, reconnects.nanosToGivingUp(now));
    }
    return Math.max(0, wait);
  }

  // Ends.

  private boolean isShutDown() {
    return owned != null && owned.isShutdown();
  }

  private static SendFailure shutDown() {
    return Failures.notSent(
        Status.Code.UNAVAILABLE, ErrorReason.CALL_CANCELLED, "the client was closed");
  }

  /** Ends the batch now: every item that is left gets the result that is certain. */
  private void endAll(SendFailure why) {
    if (ending) {
      return;
    }
    ending = true;
    intake.end(why);
    if (endedBy == null) {
      endedBy = why;
    }
    complete = true;
    List<Runnable> known = new ArrayList<>();
    inbox.drainTo(known);
    known.forEach(Runnable::run); // The last items, and answers that are here already.
    for (StreamCall left : streams()) {
      forget(left);
      left.cancel(why.message());
      left.takeUnwritten().forEach(waiting::add);
      Status lost =
          Status.CANCELLED.withDescription(why.message() + " before the message was answered");
      for (BatchItem item : left.takeUnanswered()) {
        deliver(BatchResult.unanswered(item, Failures.unknown(lost, item.isRepeatable())), item);
      }
    }
    waiting.takeAll().forEach(item -> abandon(item, why));
    over = true;
  }

  /** An item that is not on a stream and will not be sent any more. */
  private void abandon(BatchItem item, SendFailure why) {
    SendFailure known = item.lastAnswer == null ? notSent(why) : item.lastAnswer;
    deliver(BatchResult.unanswered(item, Retries.truthOf(item, known)), item);
  }

  private static SendFailure notSent(SendFailure why) {
    return why.outcome() == Outcome.OUTCOME_NOT_SENT
        ? why
        : Failures.notSent(why.code(), why.reason(), why.message());
  }

  private void deliver(BatchResult result, BatchItem item) {
    open--;
    lastNanos = System.nanoTime();
    tally.count(result);
    listener.onResult(result);
    intake.release(item);
  }
}
