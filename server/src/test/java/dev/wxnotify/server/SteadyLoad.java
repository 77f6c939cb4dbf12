package dev.wxnotify.server;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceFutureStub;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Sends at a constant rate over the replicas in turn, each message to a different user; every
 * second one has a request id. A machine that cannot keep up gets fewer messages, not a queue of
 * them.
 */
final class SteadyLoad implements AutoCloseable {
  private static final int PER_SECOND = 500;
  private static final int MOST_UNDER_WAY = 100;
  private static final long END_SECONDS = 30;

  private final List<Supplier<NotificationServiceFutureStub>> callers;
  private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
  private final AtomicInteger accepted = new AtomicInteger();
  private final Map<Integer, String> messageIds = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "steady-load");
  private volatile boolean stopping;
  private volatile int sent;

  private SteadyLoad(List<Supplier<NotificationServiceFutureStub>> callers) {
    this.callers = callers;
  }

  static SteadyLoad on(List<ReplicaProcess> replicas) {
    return of(
        replicas.stream()
            .<Supplier<NotificationServiceFutureStub>>map(replica -> replica::future)
            .toList());
  }

  /** Sends with what each of {@code callers} gives for one message, in turn. */
  static SteadyLoad of(List<Supplier<NotificationServiceFutureStub>> callers) {
    SteadyLoad load = new SteadyLoad(callers);
    load.thread.setDaemon(true);
    load.thread.start();
    return load;
  }

  private void run() {
    long interval = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    long next = System.nanoTime();
    for (int i = 0; !stopping; i++) {
      underWay.acquireUninterruptibly();
      send(i);
      sent = i + 1;
      next = Math.max(next + interval, System.nanoTime() - interval);
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void send(int i) {
    Futures.addCallback(
        callers.get(i % callers.size()).get().sendSubscribeMessage(request(i)),
        new FutureCallback<SendSubscribeMessageResponse>() {
          @Override
          public void onSuccess(SendSubscribeMessageResponse response) {
            accepted.incrementAndGet();
            if (hasRequestId(i)) {
              messageIds.put(i, response.getMessageId());
            }
            underWay.release();
          }

          @Override
          public void onFailure(Throwable t) {
            failures.add(t);
            underWay.release();
          }
        },
        MoreExecutors.directExecutor());
  }

  /** Returns how many messages were sent so far. */
  int sent() {
    return sent;
  }

  private static boolean hasRequestId(int i) {
    return i % 2 == 0;
  }

  /** Returns the message that is sent after {@code i} others. */
  static SendSubscribeMessageRequest request(int i) {
    SendSubscribeMessageRequest.Builder request = RunningServer.requestTo("load-" + i).toBuilder();
    return hasRequestId(i) ? request.setRequestId("load-" + i).build() : request.build();
  }

  /** Returns the message ids of the accepted messages with a request id so far. */
  Map<Integer, String> messageIds() {
    return messageIds;
  }

  /** Stops, and returns when all sent messages are answered. */
  void stop() throws InterruptedException {
    stopping = true;
    thread.join();
    if (!underWay.tryAcquire(MOST_UNDER_WAY, END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("not all sends are answered");
    }
  }

  /** Returns how many sends were accepted. */
  int accepted() {
    return accepted.get();
  }

  /** Returns the failures of the other sends. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stopping = true;
  }
}
