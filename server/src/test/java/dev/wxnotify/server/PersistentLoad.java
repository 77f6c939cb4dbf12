package dev.wxnotify.server;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceFutureStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Sends at a constant rate, or more slowly on a slow machine, over the replicas in turn, each
 * message with a request id to a different user. What gets no answer, since its replica was killed,
 * is repeated on the next replica with the same request id, as callers are asked to do.
 */
final class PersistentLoad implements AutoCloseable {
  static final int PER_SECOND = 500;

  /** More would wait for the processors alone where a machine cannot keep the rate. */
  private static final int MOST_UNDER_WAY = 128;

  private static final Duration REPEAT_AFTER = Duration.ofMillis(100);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final double NANOS_PER_MILLI = 1e6;

  private final IntFunction<NotificationServiceFutureStub> callers;
  private final Map<Integer, Outcome> outcomes = new ConcurrentHashMap<>();

  /** How long the calls took that were answered at once, in nanoseconds. */
  private final Map<Integer, Long> latencies = new ConcurrentHashMap<>();

  private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
  private final ScheduledExecutorService repeats = Executors.newSingleThreadScheduledExecutor();
  private final Thread thread = new Thread(this::run, "persistent-load");
  private volatile boolean stopping;
  private volatile int sent;

  private PersistentLoad(IntFunction<NotificationServiceFutureStub> callers) {
    this.callers = callers;
  }

  /**
   * Starts.
   *
   * @param callers gives what sends a message, by the number of the attempt
   */
  static PersistentLoad over(IntFunction<NotificationServiceFutureStub> callers) {
    PersistentLoad load = new PersistentLoad(callers);
    load.thread.setDaemon(true);
    load.thread.start();
    return load;
  }

  private void run() {
    long interval = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    long next = System.nanoTime();
    for (int i = 0; !stopping; i++) {
      underWay.acquireUninterruptibly();
      send(i, i);
      sent = i + 1;
      next = Math.max(next + interval, System.nanoTime() - interval);
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void send(int i, int attempt) {
    SendSubscribeMessageRequest request =
        RunningServer.requestTo("load-" + i).toBuilder().setRequestId("load-" + i).build();
    long began = System.nanoTime();
    Futures.addCallback(
        callers
            .apply(attempt)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .sendSubscribeMessage(request),
        new FutureCallback<SendSubscribeMessageResponse>() {
          @Override
          public void onSuccess(SendSubscribeMessageResponse response) {
            if (attempt == i) {
              latencies.put(i, System.nanoTime() - began);
            }
            end(i, Outcome.OUTCOME_ACCEPTED);
          }

          @Override
          public void onFailure(Throwable fault) {
            Outcome outcome = outcome(fault);
            if (outcome == Outcome.OUTCOME_UNSPECIFIED) {
              var ignored =
                  repeats.schedule(
                      () -> send(i, attempt + 1), REPEAT_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            } else {
              end(i, outcome);
            }
          }
        },
        MoreExecutors.directExecutor());
  }

  private void end(int i, Outcome outcome) {
    outcomes.put(i, outcome);
    underWay.release();
  }

  /** Returns what the caller hears; unspecified where it must ask again. */
  private static Outcome outcome(Throwable fault) {
    try {
      List<SendError> errors =
          RunningServer.details((StatusRuntimeException) fault, SendError.class);
      return errors.isEmpty()
              || errors.get(0).getReason() == SendError.ErrorReason.REQUEST_IN_PROGRESS
              || errors.get(0).getReason() == SendError.ErrorReason.SERVER_STOPPING
          ? Outcome.OUTCOME_UNSPECIFIED
          : errors.get(0).getOutcome();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns when this many messages were sent. */
  void awaitSent(int count) throws Exception {
    while (sent < count) {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  /** Returns when as many messages were sent as are sent within this time. */
  void pass(Duration time) throws Exception {
    awaitSent(sent + (int) (time.toMillis() * PER_SECOND / 1_000));
  }

  /** Stops, and returns when each message has its outcome. */
  void stop() throws Exception {
    stopping = true;
    thread.join();
    Await.until(() -> outcomes.size() + " outcomes of " + sent, () -> outcomes.size() == sent);
  }

  int sent() {
    return sent;
  }

  /** Returns what callers heard, by message. */
  Map<Integer, Outcome> outcomes() {
    return outcomes;
  }

  /** Describes the calls with these numbers that were answered at once, for people. */
  String latencies(int from, int to) {
    long[] sorted =
        latencies.entrySet().stream()
            .filter(call -> call.getKey() >= from && call.getKey() < to)
            .mapToLong(Map.Entry::getValue)
            .sorted()
            .toArray();
    return sorted.length == 0
        ? "none"
        : String.format(
            Locale.ROOT,
            "%d calls, p50 %.1f ms, p99 %.1f ms, most %.1f ms",
            sorted.length,
            sorted[sorted.length / 2] / NANOS_PER_MILLI,
            sorted[sorted.length * 99 / 100] / NANOS_PER_MILLI,
            sorted[sorted.length - 1] / NANOS_PER_MILLI);
  }

  @Override
  public void close() {
    stopping = true;
    underWay.release(); // The thread may wait for it.
    repeats.shutdownNow();
  }
}
