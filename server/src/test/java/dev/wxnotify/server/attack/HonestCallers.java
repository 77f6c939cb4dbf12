package dev.wxnotify.server.attack;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers that send single messages at a constant rate on two connections, whatever happened to
 * earlier ones.
 */
final class HonestCallers implements AutoCloseable {
  private static final int CONNECTIONS = 2;

  private final int perSecond;
  private final Duration patience;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Queue<Call> done = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "honest-callers");
  private volatile boolean stopping;
  private volatile long beginNanos = System.nanoTime();
  private volatile int sent;

  /** A call that ended. */
  private record Call(long beganNanos, long millis, Status status, boolean overloaded) {}

  /**
   * Begins to send.
   *
   * @param perSecond messages per second
   * @param patience the deadline of each
   */
  HonestCallers(int port, int perSecond, Duration patience) {
    this.perSecond = perSecond;
    this.patience = patience;
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < CONNECTIONS; i++) {
      channels.add(NettyChannelBuilder.forAddress(address).usePlaintext().build());
    }
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long next = System.nanoTime();
    for (int i = 0; !stopping; i++) {
      send(i);
      next += interval;
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void send(int i) {
    long began = System.nanoTime();
    sent = i + 1;
    Futures.addCallback(
        NotificationServiceGrpc.newFutureStub(channels.get(i % CONNECTIONS))
            .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
            .sendSeckillMessage(
                SendSeckillMessageRequest.newBuilder()
                    .setMessage(
                        SeckillMessage.newBuilder()
                            .setOpenId("honest-" + i)
                            .setGoodsName("Coffee")
                            .setTime("2026-11-24 20:00")
                            .setCorpId("1")
                            .setCustomerId("2"))
                    .build()),
        new FutureCallback<SendSeckillMessageResponse>() {
          @Override
          public void onSuccess(SendSeckillMessageResponse answer) {
            ended(began, Status.OK, false);
          }

          @Override
          public void onFailure(Throwable fault) {
            ended(began, Status.fromThrowable(fault), isOverloaded(fault));
          }
        },
        MoreExecutors.directExecutor());
  }

  private void ended(long began, Status status, boolean overloaded) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    done.add(new Call(began, millis, status, overloaded));
  }

  /** Waits until this many calls were answered. */
  void awaitAccepted(int calls) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (done.stream().filter(call -> call.status.isOk()).count() < calls) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no answers: " + done.peek());
      }
      Thread.sleep(10);
    }
  }

  /** Discards the results so far: the attack begins. */
  void attackBegins() {
    beginNanos = System.nanoTime();
  }

  /** Ends when all calls have ended, and returns the results since the attack began. */
  Report report() throws InterruptedException {
    stopping = true;
    thread.join();
    long end = System.nanoTime() + 2 * patience.toNanos();
    while (done.size() < sent && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    List<Long> millis = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    int overloadedAtFirst = 0;
    for (Call call : done) {
      long at = call.beganNanos - beginNanos;
      if (at < 0 && at + TimeUnit.MILLISECONDS.toNanos(call.millis) < 0) {
        continue;
      }
      millis.add(call.millis);
      if (call.overloaded && at < TimeUnit.SECONDS.toNanos(1)) {
        overloadedAtFirst++;
      } else if (!call.status.isOk()) {
        failures.add(TimeUnit.NANOSECONDS.toMillis(at) + " ms: " + call.status);
      }
    }
    Collections.sort(millis);
    return new Report(
        millis.size(), at(millis, 0.5), at(millis, 0.99), overloadedAtFirst, failures);
  }

  private static boolean isOverloaded(Throwable fault) {
    com.google.rpc.Status status = StatusProto.fromThrowable(fault);
    try {
      for (Any detail : status == null ? List.<Any>of() : status.getDetailsList()) {
        if (detail.is(SendError.class)) {
          SendError error = detail.unpack(SendError.class);
          return error.getReason() == SendError.ErrorReason.OVERLOADED
              && error.getOutcome() == Outcome.OUTCOME_NOT_SENT;
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return false;
  }

  private static long at(List<Long> sorted, double part) {
    return sorted.isEmpty() ? -1 : sorted.get((int) ((sorted.size() - 1) * part));
  }

  /**
   * The results of the calls.
   *
   * @param overloadedAtFirst how many were rejected within a second, with the reason
   * @param failures the others that were not accepted
   */
  record Report(int calls, long p50, long p99, int overloadedAtFirst, List<String> failures) {}

  @Override
  public void close() {
    stopping = true;
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
