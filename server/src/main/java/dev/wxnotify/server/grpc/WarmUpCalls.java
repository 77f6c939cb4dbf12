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
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Calls a server of this process as callers do, so that the code of a call is compiled. What it
 * sends must reach nobody: the server stands before a fake WeChat.
 */
public final class WarmUpCalls {
  private static final String TOKEN = "warm-up";

  private static final int CONNECTIONS = 5;

  /** As many callers as it takes for calls and answers to overlap. */
  private static final int UNARY_CALLS = 16;

  /**
   * One in this many messages is refused by its user, as in a campaign. These numbers have no
   * factor in common, so that all combinations occur.
   */
  private static final int REFUSED = 17;

  /** One in this many unary calls is a reminder of a flash sale; one in two has a request id. */
  private static final int SECKILL = 4;

  private static final Duration AFTER_FAILURE = Duration.ofMillis(1);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  private final EventLoopGroup loops;
  private final List<SubscribeMessage> messagesOfTemplates;
  private final Duration time;
  private final Duration pause;
  private final long endNanos;
  private final List<NotificationServiceStub> stubs = new ArrayList<>();
  private final AtomicLong messages = new AtomicLong();
  private final LongAdder accepted = new LongAdder();
  private final CountDownLatch underWay;
  private volatile boolean isStopped;

  /**
   * Begins the time.
   *
   * @param loops where the calls are made
   * @param templates the id and the values of each template to send messages of
   * @param time how long calls are made
   * @param pause between an answer and the next call; zero for none
   */
  public WarmUpCalls(
      EventLoopGroup loops,
      Map<String, Map<String, String>> templates,
      Duration time,
      Duration pause) {
    this.loops = loops;
    this.messagesOfTemplates =
        templates.entrySet().stream()
            .map(
                template ->
                    SubscribeMessage.newBuilder()
                        .setTemplateId(template.getKey())
                        .setPage("pages/index?id=1")
                        .putAllData(template.getValue())
                        .build())
            .toList();
    this.time = time;
    this.pause = pause;
    this.endNanos = System.nanoTime() + time.toNanos();
    this.underWay = new CountDownLatch(UNARY_CALLS + (pause.isZero() ? 1 : 0));
  }

  /** Returns the hash of the bearer token that the calls show. */
  public static String tokenSha256() {
    return HexFormat.of().formatHex(TokenHashes.sha256(TOKEN));
  }

  /**
   * Sends unary calls until the time is over and all are answered. Without pauses, a batch sends
   * beside them as fast as it is read.
   *
   * @param port of the server, on the loopback address
   * @return the number of accepted messages
   */
  public long run(int port) throws InterruptedException {
    List<ManagedChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        ManagedChannel channel = connect(port);
        channels.add(channel);
        stubs.add(NotificationServiceGrpc.newStub(channel));
      }
      for (int i = 0; i < UNARY_CALLS; i++) {
        next();
      }
      if (pause.isZero()) {
        stubs.get(0).withDeadlineAfter(time.plus(CALL_TIMEOUT)).batchSend(new Batch());
      }
      var ignored =
          underWay.await(time.plus(CALL_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS); // Else enough.
      return accepted.sum();
    } finally {
      isStopped = true;
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private ManagedChannel connect(int port) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .usePlaintext()
        .directExecutor()
        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
        .eventLoopGroup(loops)
        .channelType(Transport.of(loops).socketChannel(), InetSocketAddress.class)
        .build();
  }

  private boolean isOver() {
    return isStopped || System.nanoTime() - endNanos >= 0;
  }

  /** Sends a message, and the next one when it is answered. */
  private void next() {
    if (isOver()) {
      underWay.countDown();
      return;
    }
    long number = messages.getAndIncrement();
    NotificationServiceStub call =
        stubs.get((int) (number % CONNECTIONS)).withDeadlineAfter(CALL_TIMEOUT);
    if (number % SECKILL == 0) {
      SendSeckillMessageRequest.Builder request =
          SendSeckillMessageRequest.newBuilder().setMessage(seckillMessage(number));
      if (number % (2 * SECKILL) == 0) {
        request.setRequestId(requestId(number));
      }
      call.sendSeckillMessage(request.build(), whenAnswered());
    } else {
      SendSubscribeMessageRequest.Builder request =
          SendSubscribeMessageRequest.newBuilder().setMessage(subscribeMessage(number));
      if (number % 2 == 0) {
        request.setRequestId(requestId(number));
      }
      call.sendSubscribeMessage(request.build(), whenAnswered());
    }
  }

  private <T> StreamObserver<T> whenAnswered() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T response) {
        accepted.increment();
      }

      @Override
      public void onError(Throwable error) {
        // Never at once: a call may fail inside the method that makes it.
        nextAfter(pause.isZero() ? AFTER_FAILURE : pause);
      }

      @Override
      public void onCompleted() {
        nextAfter(pause);
      }
    };
  }

  private void nextAfter(Duration time) {
    if (time.isZero()) {
      next();
    } else {
      var ignored = loops.schedule(this::next, time.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private String requestId(long number) {
    return "warm-up-" + endNanos + "-" + number;
  }

  private static String openId(long number) {
    return (number % REFUSED == 1 ? "sandbox-43101-" : "warm-up-") + number;
  }

  private SubscribeMessage subscribeMessage(long number) {
    return messagesOfTemplates.get((int) (number % messagesOfTemplates.size())).toBuilder()
        .setOpenId(openId(number))
        .build();
  }

  private SeckillMessage seckillMessage(long number) {
    return SeckillMessage.newBuilder()
        .setOpenId(openId(number))
        .setGoodsName("咖啡杯")
        .setTime("20:00")
        .setCorpId("1")
        .setCustomerId("2")
        .build();
  }

  /** A stream that sends as fast as it is read. */
  private final class Batch implements ClientResponseObserver<BatchSendRequest, BatchSendResponse> {
    private boolean completed;

    @Override
    public void beforeStart(ClientCallStreamObserver<BatchSendRequest> requests) {
      requests.setOnReadyHandler(() -> send(requests));
    }

    private void send(ClientCallStreamObserver<BatchSendRequest> requests) {
      while (!completed && requests.isReady()) {
        if (isOver()) {
          completed = true;
          requests.onCompleted();
        } else {
          requests.onNext(item(messages.getAndIncrement()));
        }
      }
    }

    private BatchSendRequest item(long number) {
      BatchSendRequest.Builder item =
          BatchSendRequest.newBuilder().setSubscribeMessage(subscribeMessage(number));
      return (number % 2 == 0 ? item.setRequestId(requestId(number)) : item).build();
    }

    @Override
    public void onNext(BatchSendResponse response) {
      accepted.add(response.getSummary().getAccepted()); // None in what is not the summary.
    }

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
