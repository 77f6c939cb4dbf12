package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecipientQueues.Recipient;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.token.AccessToken;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.TokenResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way, from the order to the end.
 *
 * <pre>
 *             tryPass()                    answer: -1, 43108, token rejected
 *   WAITING ────────────▶ WRITTEN ───────────────────────────────────▶ WAITING
 *      │                     │
 *      │ deadline, cancel    │ deadline, cancel
 *      ▼                     ▼
 *   ABANDONED             OVERDUE       (it may have arrived: the caller hears UNKNOWN,
 *   (never written)                      no retry follows, the answer is still awaited)
 * </pre>
 *
 * <p>Two futures tell two things: {@link #answer} is what the caller hears, by the deadline at the
 * latest; {@link #ended} is what became of the message in truth, and means that its turn, its
 * connection and its permit are free again.
 *
 * <p>Whoever gives a message up that waits takes it out of where it waits, so that it ends at once:
 *
 * <pre>
 *   step ─▶ {@link #turn} or {@link #stage} is set ─▶ abandoned? ─▶ waits ─▶ next step
 *                                                    │ yes          ▲
 *                                                    ▼              │
 *   give up ─▶ ABANDONED ─▶ turn withdrawn, stage cancelled ────────┘ ─▶ end
 * </pre>
 *
 * <p>Concurrency: the state is one atomic reference, so that exactly one of "write it" and "give it
 * up" wins. The other fields are touched by one step at a time; the stages between the steps order
 * them. A step sets what it will wait for before it looks at the state, and who gives up changes
 * the state before it looks there: so a turn is withdrawn by the one or the other, and that one
 * ends the message; a stage that is cancelled goes on with its step, which ends it.
 *
 * <p>It is long because one state machine: its steps and what may interrupt each of them are read
 * together.
 */
final class Sending implements MessageGateway.WriteGate {
  private enum State {
    WAITING,
    WRITTEN,
    OVERDUE,
    ABANDONED
  }

  private final MessageSender sender;
  private final Order order;
  private final int weight;
  private final Recipient recipient;
  private final long deadlineNanos;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CompletableFuture<Reply> answer = new CompletableFuture<>();
  private final CompletableFuture<SendOutcome> ended = new CompletableFuture<>();

  private int attempts;
  private int calls;
  private boolean holdsTurn;
  private volatile SendOutcome.@Nullable Rejected busy;
  private @Nullable AccessToken rejectedToken;

  /** The turn that it waits for, or the last one that it waited for; null before the first. */
  private volatile @Nullable Turn turn;

  /** The token or the pause that it waits for; null before the first. */
  private volatile @Nullable CompletableFuture<?> stage;

  private @Nullable WeChatError tokenError;

  /** What the quota of the app let the attempt out with; null before the first. */
  private volatile DailyQuota.@Nullable Pass pass;

  /**
   * Prepares to send; the order's timeout runs from now.
   *
   * @param weight of the message
   * @param callsBefore how often WeChat was asked to take the message in earlier tries
   */
  Sending(MessageSender sender, Order order, int weight, int callsBefore) {
    this.sender = sender;
    this.order = order;
    this.weight = weight;
    this.calls = callsBefore;
    this.recipient = new Recipient(order.app().appId(), order.message().openId());
    long nanos = order.timeout().toNanos();
    this.deadlineNanos = sender.nanoClock().getAsLong() + nanos;
    Future<?> deadline = sender.timer().schedule(this::onDeadline, nanos, TimeUnit.NANOSECONDS);
    var ignored = answer.thenRun(() -> deadline.cancel(false));
  }

  /** Completes with what the caller hears. */
  CompletableFuture<Reply> answer() {
    return answer;
  }

  /** Completes with what became of the message, which may be after the caller was answered. */
  CompletableFuture<SendOutcome> ended() {
    return ended;
  }

  /** Returns how often WeChat was asked to take the message; to be read when it has ended. */
  int calls() {
    return calls;
  }

  /** Returns the weight of the message, by which it was admitted. */
  int weight() {
    return weight;
  }

  void start() {
    guard(
        () -> {
          Turn next = new RecipientTurn();
          if (mayWaitFor(next)) {
            sender.recipients().enter(recipient, next);
          }
        });
  }

  /** Its turn with the recipient. */
  private final class RecipientTurn extends Turn {
    RecipientTurn() {
      super(1);
    }

    @Override
    protected boolean use() {
      return takeTurn();
    }
  }

  /** A connection for one attempt. */
  private final class ConnectionTurn extends Turn {
    private final AccessToken token;

    ConnectionTurn(AccessToken token) {
      super(1);
      this.token = token;
    }

    @Override
    protected boolean use() {
      return attemptGuarded(token);
    }
  }

  /** Shows the turn to whoever gives up; returns false if it was given up, and ends it then. */
  private boolean mayWaitFor(Turn next) {
    turn = next;
    if (!isAbandoned()) {
      return true;
    }
    if (next.withdraw()) {
      endAbandoned();
    }
    return false;
  }

  /** Shows the stage to whoever gives up; one that was given up goes on at once. */
  private void waitFor(CompletableFuture<?> next) {
    stage = next;
    if (isAbandoned()) {
      next.cancel(false);
    }
  }

  /** Gives up what has not been written. What was written is awaited, but not repeated. */
  void cancel() {
    giveUp(
        new SendOutcome.NotSent(
            NotSent.Reason.CANCELLED, "cancelled before it was written to WeChat"),
        new SendOutcome.Unknown(
            Unknown.Reason.NO_ANSWER, "cancelled after it was written to WeChat"));
  }

  /** Gives up as {@link #cancel} does, where it is the server that cannot wait any longer. */
  void stop() {
    giveUp(
        new SendOutcome.NotSent(
            NotSent.Reason.SERVER_STOPPING,
            "the server stopped before the message was written to WeChat"),
        new SendOutcome.Unknown(
            Unknown.Reason.NO_ANSWER, "the server stopped before WeChat answered"));
  }

  @Override
  public boolean tryPass() {
    if (isStoppedByQuota()) {
      return false;
    }
    if (sender.nanoClock().getAsLong() - deadlineNanos >= 0) {
      onDeadline(); // The timer is a little late, and would let a message out that is too late.
    }
    return state.compareAndSet(State.WAITING, State.WRITTEN);
  }

  private void onDeadline() {
    SendOutcome lastBusy = busy;
    giveUp(
        lastBusy == null
            ? new SendOutcome.NotSent(
                NotSent.Reason.DEADLINE_BEFORE_SEND,
                "the deadline expired before the message was written to WeChat")
            : lastBusy,
        new SendOutcome.Unknown(
            Unknown.Reason.DEADLINE, "the deadline expired before WeChat answered"));
  }

  private void giveUp(SendOutcome ifNotWritten, SendOutcome ifWritten) {
    if (ended.isDone()) {
      answer.complete(new Reply(ended.join(), false)); // The ledger is slow to take it down.
      return;
    }
    State now = state.get();
    while (now == State.WAITING || now == State.WRITTEN) {
      boolean written = now == State.WRITTEN;
      if (state.compareAndSet(now, written ? State.OVERDUE : State.ABANDONED)) {
        answer.complete(new Reply(written ? ifWritten : ifNotWritten, false));
        if (!written) {
          leave();
        }
        return;
      }
      now = state.get(); // It was written, or WeChat answered, in between.
    }
  }

  /** Takes an abandoned message out of where it waits. */
  private void leave() {
    Turn waiting = turn;
    CompletableFuture<?> pending = stage;
    if (waiting != null && waiting.withdraw()) {
      endAbandoned();
    } else if (pending != null) {
      pending.cancel(false);
    }
  }

  private boolean isAbandoned() {
    return state.get() == State.ABANDONED;
  }

  private void end(SendOutcome outcome) {
    if (holdsTurn) {
      holdsTurn = false;
      sender.recipients().leave(recipient);
    }
    ended.complete(outcome);
  }

  /** Ends a sending that was given up in time. */
  private void endAbandoned() {
    var ignored = answer.thenAccept(given -> end(given.outcome()));
  }

  private boolean takeTurn() {
    if (isAbandoned()) {
      endAbandoned();
      return false;
    }
    holdsTurn = true;
    acquireToken();
    return true;
  }

  private void acquireToken() {
    guard(
        () -> {
          CompletableFuture<TokenResult> token = order.app().tokens().acquire();
          if (token.isDone() && !token.isCompletedExceptionally()) {
            onToken(token.join(), null);
            return;
          }
          waitFor(token);
          var ignored = token.whenComplete((result, fault) -> guard(() -> onToken(result, fault)));
        });
  }

  private void onToken(TokenResult token, @Nullable Throwable fault) {
    if (isAbandoned()) {
      endAbandoned();
    } else if (fault == null) {
      useToken(token);
    } else {
      breakDown(fault);
    }
  }

  private void useToken(TokenResult result) {
    if (result instanceof NoToken none) {
      end(Verdict.noToken(none));
    } else if (result instanceof AccessToken token) {
      if (rejectedToken != null && token.isSameAs(rejectedToken)) {
        end(Verdict.rejectedAgain(order.app().tokens().source(), tokenError));
        return;
      }
      Turn next = new ConnectionTurn(token);
      if (mayWaitFor(next)) {
        sender.connections().of(order.lane()).enter(next);
      }
    }
  }

  private boolean attemptGuarded(AccessToken token) {
    try {
      return attempt(token);
    } catch (Throwable fault) {
      breakDown(fault);
      return false; // Nothing was begun that would give the permit back.
    }
  }

  private boolean attempt(AccessToken token) {
    if (isAbandoned()) {
      endAbandoned();
      return false;
    }
    pass = order.app().quota().enter();
    if (pass == null) {
      end(quotaExhausted());
      return false;
    }
    if (order.lane() == Lane.SINGLE) {
      order.app().pace().countSingle();
    }
    attempts++;
    calls++;
    long began = sender.nanoClock().getAsLong();
    var ignored =
        write(token)
            .whenComplete((reply, fault) -> guard(() -> onReply(token, began, reply, fault)));
    return true;
  }

  private void onReply(AccessToken token, long began, Answer reply, @Nullable Throwable fault) {
    Answer answered = fault == null ? reply : broken(fault);
    try {
      long now = sender.nanoClock().getAsLong();
      sender.listener().attemptEnded(order, answered, now - began);
      tellApp(answered, began, now);
    } finally {
      sender.connections().release(order.lane());
    }
    onAnswer(token, answered);
  }

  /** What one message hears is news for all of its app. */
  private void tellApp(Answer answer, long began, long now) {
    App app = order.app();
    if (pass != null && app.quota().answered(pass, answer)) {
      app.pace().forget();
    }
    if (answer instanceof Answer.Busy no && no.reason().isThrottle()) {
      app.pace().refused(began);
    } else if (answer instanceof Answer.Accepted
        || answer instanceof Answer.Rejected
        || answer instanceof Answer.Busy) {
      app.pace().taken(now);
    }
  }

  private boolean isStoppedByQuota() {
    DailyQuota.Pass given = pass;
    return given != null && !order.app().quota().isValid(given);
  }

  private CompletionStage<Answer> write(AccessToken token) {
    try {
      return sender.gateway().send(order.message(), token, this);
    } catch (Throwable fault) {
      return CompletableFuture.failedStage(fault);
    }
  }

  /**
   * A gateway never fails; should one have a fault, the gate knows whether the message was written.
   */
  private Answer broken(Throwable fault) {
    sender.faults().write("the message gateway failed unexpectedly", fault);
    String text = "the message gateway failed: " + fault.getClass().getSimpleName();
    return state.get() == State.WAITING || isAbandoned()
        ? new Answer.NotWritten(text)
        : new Answer.NoAnswer(text);
  }

  /** Runs a step; if it fails, the message ends, so that nobody waits for it forever. */
  private void guard(Runnable step) {
    try {
      step.run();
    } catch (Throwable fault) {
      breakDown(fault);
    }
  }

  private void breakDown(Throwable fault) {
    sender.faults().write("a message failed unexpectedly while it was processed", fault);
    if (state.compareAndSet(State.WAITING, State.ABANDONED)) {
      end(new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error"));
    } else if (isAbandoned()) {
      endAbandoned();
    } else {
      end(new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "internal server error"));
    }
  }

  private void onAnswer(AccessToken token, Answer answer) {
    Verdict verdict = Verdict.on(answer, order, sender::retryAfter);
    if (verdict instanceof Verdict.End end) {
      end(end.outcome());
    } else if (verdict instanceof Verdict.RenewToken renewal) {
      onTokenRejected(token, renewal.error());
    } else if (verdict instanceof Verdict.Stop stop) {
      endAbandonedOr(stop.outcome());
    } else if (verdict instanceof Verdict.Repeat repeat) {
      repeat(repeat.otherwise());
    }
  }

  private void repeat(SendOutcome otherwise) {
    if (otherwise instanceof SendOutcome.Rejected rejected) {
      busy = rejected;
      retryOrEnd(rejected);
    } else if (isStoppedByQuota()) {
      endAbandonedOr(quotaExhausted());
    } else {
      retryOrEnd(otherwise);
    }
  }

  private void onTokenRejected(AccessToken token, WeChatError error) {
    order.app().tokens().reject(token);
    if (rejectedToken != null) {
      end(Verdict.credentials("WeChat rejects the access token even after a refresh", error));
    } else if (!isOpenForRetry()) {
      endAbandonedOr(
          new SendOutcome.NotSent(
              NotSent.Reason.DEADLINE_BEFORE_SEND,
              "the deadline expired before a new token arrived"));
    } else {
      rejectedToken = token;
      tokenError = error;
      attempts--; // This retry comes on top of those that the policy allows.
      acquireToken();
    }
  }

  /** Sends again after a pause, if there are attempts and time left. */
  private void retryOrEnd(SendOutcome otherwise) {
    Duration pause = sender.retryPolicy().pauseAfter(attempts);
    boolean inTime = sender.nanoClock().getAsLong() + pause.toNanos() - deadlineNanos < 0;
    if (sender.retryPolicy().allowsAnother(attempts) && inTime && isOpenForRetry()) {
      CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
      Future<?> alarm =
          sender.timer().schedule(() -> over.complete(null), pause.toNanos(), TimeUnit.NANOSECONDS);
      waitFor(over);
      var ignored = over.whenComplete((nothing, cancelled) -> afterPause(alarm));
    } else {
      endAbandonedOr(otherwise);
    }
  }

  private void afterPause(Future<?> alarm) {
    if (isAbandoned()) {
      alarm.cancel(false);
      endAbandoned();
    } else {
      acquireToken();
    }
  }

  /**
   * Makes a message that WeChat answered, and did not take, one that is waiting to be written
   * again.
   */
  private boolean isOpenForRetry() {
    return state.compareAndSet(State.WRITTEN, State.WAITING) || state.get() == State.WAITING;
  }

  private void endAbandonedOr(SendOutcome otherwise) {
    if (isAbandoned()) {
      endAbandoned();
    } else {
      end(otherwise);
    }
  }

  private SendOutcome quotaExhausted() {
    return new SendOutcome.NotSent(
        NotSent.Reason.DAILY_QUOTA_EXHAUSTED,
        "the app's daily quota is used up, as WeChat reported; this message was not sent",
        order.app().quota().why(),
        sender.retryAfter(Rejected.Reason.DAILY_QUOTA_EXHAUSTED));
  }
}
