package dev.wxnotify.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.Any;
import com.google.rpc.Status;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server on a free port that records requests and gives scripted answers. */
final class FakeNotificationService extends NotificationServiceImplBase implements AutoCloseable {
  private final List<SendSubscribeMessageRequest> subscribeRequests = new CopyOnWriteArrayList<>();
  private final List<SendSeckillMessageRequest> seckillRequests = new CopyOnWriteArrayList<>();
  private final List<BatchSendRequest> batchRequests = new CopyOnWriteArrayList<>();
  private final Server server;
  private final String address;
  private volatile String messageId = "";
  private volatile boolean replayed;
  private volatile @Nullable StatusRuntimeException failure;
  private volatile boolean silent;

  @GuardedBy("this")
  private boolean holding;

  @GuardedBy("this")
  private final List<Runnable> held = new ArrayList<>();

  private volatile Function<BatchSendRequest, BatchItemResult.Builder> itemAnswer =
      request -> BatchItemResult.newBuilder().setOutcome(Outcome.OUTCOME_ACCEPTED);

  FakeNotificationService() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  String address() {
    return address;
  }

  void accept(String messageId, boolean replayed) {
    this.messageId = messageId;
    this.replayed = replayed;
  }

  void fail(StatusRuntimeException failure) {
    this.failure = failure;
  }

  void fail(io.grpc.Status.Code code, SendError error) {
    fail(
        StatusProto.toStatusRuntimeException(
            Status.newBuilder()
                .setCode(code.value())
                .setMessage(error.getMessage())
                .addDetails(Any.pack(error))
                .build()));
  }

  void saysNothing() {
    silent = true;
  }

  /** Answers no item of a batch until {@link #release}. */
  synchronized void hold() {
    holding = true;
  }

  synchronized void release() {
    holding = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  private synchronized void whenReleased(Runnable answer) {
    if (holding) {
      held.add(answer);
    } else {
      answer.run();
    }
  }

  /** Answers the items of batches; all of them are accepted otherwise. */
  void answerItems(Function<BatchSendRequest, BatchItemResult.Builder> answer) {
    itemAnswer = answer;
  }

  List<BatchSendRequest> batchRequests() {
    return batchRequests;
  }

  List<SendSubscribeMessageRequest> subscribeRequests() {
    return subscribeRequests;
  }

  List<SendSeckillMessageRequest> seckillRequests() {
    return seckillRequests;
  }

  @Override
  public void sendSubscribeMessage(
      SendSubscribeMessageRequest request, StreamObserver<SendSubscribeMessageResponse> responses) {
    subscribeRequests.add(request);
    answer(
        responses,
        SendSubscribeMessageResponse.newBuilder()
            .setMessageId(messageId)
            .setReplayed(replayed)
            .build());
  }

  @Override
  public void sendSeckillMessage(
      SendSeckillMessageRequest request, StreamObserver<SendSeckillMessageResponse> responses) {
    seckillRequests.add(request);
    answer(
        responses,
        SendSeckillMessageResponse.newBuilder()
            .setMessageId(messageId)
            .setReplayed(replayed)
            .build());
  }

  @Override
  public StreamObserver<BatchSendRequest> batchSend(StreamObserver<BatchSendResponse> responses) {
    return new StreamObserver<>() {
      private long index;

      @Override
      public void onNext(BatchSendRequest request) {
        batchRequests.add(request);
        StatusRuntimeException fault = failure;
        if (fault != null) {
          responses.onError(fault);
        } else if (!silent) {
          BatchItemResult result =
              itemAnswer
                  .apply(request)
                  .setIndex(index)
                  .setRequestId(request.getRequestId())
                  .build();
          whenReleased(
              () -> responses.onNext(BatchSendResponse.newBuilder().setResult(result).build()));
        }
        index++;
      }

      @Override
      public void onError(Throwable cancelled) {}

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  private <R> void answer(StreamObserver<R> responses, R response) {
    StatusRuntimeException fault = failure;
    if (silent) {
      return;
    }
    if (fault != null) {
      responses.onError(fault);
      return;
    }
    responses.onNext(response);
    responses.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
