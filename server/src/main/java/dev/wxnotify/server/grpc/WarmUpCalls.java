package dev.wxnotify.server.grpc;

import dev.wxnotify.server.netty.Transport;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SubscribeMessage;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls a server of this process as callers do, so that the code of a call is compiled. What it
 * sends must reach nobody: the server stands before a fake WeChat.
 */
public final class WarmUpCalls {
  /** As many callers as it takes for calls and answers to overlap. */
  private static final int UNARY_CALLS = 16;

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  private final NotificationServiceStub stub;
  private final String templateId;
  private final long endNanos;
  private final AtomicLong messages = new AtomicLong();
  private final CountDownLatch underWay = new CountDownLatch(UNARY_CALLS + 1);

  private WarmUpCalls(NotificationServiceStub stub, String templateId, long endNanos) {
    this.stub = stub;
    this.templateId = templateId;
    this.endNanos = endNanos;
  }

  /**
   * Sends unary calls, and a batch beside them, for some time.
   *
   * @param port of the server, on the loopback address
   * @param loops where the calls are made
   * @param templateId a template with a thing1, a time2 and a thing3
   * @return the number of messages
   */
  public static long run(int port, EventLoopGroup loops, String templateId, Duration time)
      throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .usePlaintext()
            .directExecutor()
            .eventLoopGroup(loops)
            .channelType(Transport.of(loops).socketChannel(), InetSocketAddress.class)
            .build();
    try {
      WarmUpCalls calls =
          new WarmUpCalls(
              NotificationServiceGrpc.newStub(channel),
              templateId,
              System.nanoTime() + time.toNanos());
      return calls.run(time);
    } finally {
      channel.shutdownNow();
    }
  }

  private long run(Duration time) throws InterruptedException {
    for (int i = 0; i < UNARY_CALLS; i++) {
      next();
    }
    stub.withDeadlineAfter(time.plus(CALL_TIMEOUT)).batchSend(new Batch());
    var ignored =
        underWay.await(time.plus(CALL_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS); // Else: enough.
    return messages.get();
  }

  private boolean isOver() {
    return System.nanoTime() - endNanos >= 0;
  }

  /** Sends a message, and the next one when it is answered. */
  private void next() {
    if (isOver()) {
      underWay.countDown();
      return;
    }
    long number = messages.incrementAndGet();
    NotificationServiceStub call = stub.withDeadlineAfter(CALL_TIMEOUT);
    if (number % 2 == 0) {
      call.sendSubscribeMessage(
          SendSubscribeMessageRequest.newBuilder()
              .setMessage(subscribeMessage(number))
              .setRequestId("warm-up-" + number)
              .build(),
          whenAnswered());
    } else {
      call.sendSeckillMessage(
          SendSeckillMessageRequest.newBuilder().setMessage(seckillMessage(number)).build(),
          whenAnswered());
    }
  }

  private <T> StreamObserver<T> whenAnswered() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T response) {}

      @Override
      public void onError(Throwable error) {
        next();
      }

      @Override
      public void onCompleted() {
        next();
      }
    };
  }

  private SubscribeMessage subscribeMessage(long number) {
    return SubscribeMessage.newBuilder()
        .setOpenId("warm-up-" + number)
        .setTemplateId(templateId)
        .setPage("pages/index")
        .putData("thing1", "咖啡杯")
        .putData("time2", "20:00")
        .putData("thing3", "warm-up " + number)
        .build();
  }

  private SeckillMessage seckillMessage(long number) {
    return SeckillMessage.newBuilder()
        .setOpenId("warm-up-" + number)
        .setTemplateId(templateId)
        .setGoodsName("咖啡杯")
        .setTime("20:00")
        .setCorpId("1")
        .setCustomerId("2")
        .build();
  }

  /** A stream that sends as fast as it is read. */
  private final class Batch implements ClientResponseObserver<BatchSendRequest, BatchSendResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<BatchSendRequest> requests) {
      requests.setOnReadyHandler(
          new Runnable() {
            private boolean completed;

            @Override
            public void run() {
              while (!completed && requests.isReady()) {
                if (isOver()) {
                  completed = true;
                  requests.onCompleted();
                } else {
                  requests.onNext(item(messages.incrementAndGet()));
                }
              }
            }
          });
    }

    private BatchSendRequest item(long number) {
      return BatchSendRequest.newBuilder().setSubscribeMessage(subscribeMessage(number)).build();
    }

    @Override
    public void onNext(BatchSendResponse response) {}

    @Override
    public void onError(Throwable error) {
      underWay.countDown();
    }

    @Override
    public void onCompleted() {
      underWay.countDown();
    }
  }
}
