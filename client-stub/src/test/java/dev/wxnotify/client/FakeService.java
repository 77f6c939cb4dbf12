package dev.wxnotify.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SeckillMessage;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The service as a caller sees it. It remembers what was sent to whom, and the outcome of each
 * request id. It answers immediately and accepts everything, unless a test changes that.
 */
final class FakeService extends NotificationServiceImplBase implements AutoCloseable {
  /** Ends a stream after reading this many items of it. The last {@code silent} have no answer. */
  record Break(int items, int silent, StatusRuntimeException status) {}

  /** How often a message was sent to an open id. */
  final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();

  final List<Metadata> headers = new CopyOnWriteArrayList<>();
  final List<Deadline> deadlines = new CopyOnWriteArrayList<>();
  final List<BatchSendRequest> received = new CopyOnWriteArrayList<>();
  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  final Queue<Break> breaks = new ConcurrentLinkedQueue<>();

  /** The streams of batches, in the order in which they began. */
  final List<ServerCallStreamObserver<BatchSendResponse>> calls = new CopyOnWriteArrayList<>();

  /** Held answers, each to be run once. */
  final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  /** The answer to an item, instead of acceptance; null to accept it. */
  volatile Function<BatchSendRequest, @Nullable SendError> errors = request -> null;

  volatile boolean holding;
  volatile boolean reading = true;
  volatile @Nullable StatusRuntimeException failure;
  volatile boolean silent;

  private final Map<String, String> ledger = new ConcurrentHashMap<>();
  private final List<Server> servers = new ArrayList<>();

  /** Listens on a free port and returns its address. */
  String listen() throws IOException {
    return listen(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  String listen(ServerBuilder<?> builder) throws IOException {
    Server server = builder.addService(observed()).build().start();
    servers.add(server);
    return "127.0.0.1:" + server.getPort();
  }

  ServerServiceDefinition observed() {
    return ServerInterceptors.intercept(
        this,
        new ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata sent, ServerCallHandler<Q, R> next) {
            headers.add(sent);
            Deadline deadline = Context.current().getDeadline();
            if (deadline != null) {
              deadlines.add(deadline);
            }
            return next.startCall(call, sent);
          }
        });
  }

  @Override
  public void sendSubscribeMessage(
      SendSubscribeMessageRequest request, StreamObserver<SendSubscribeMessageResponse> responses) {
    unary(
        request.getMessage().getOpenId(),
        request.getRequestId(),
        responses,
        id -> SendSubscribeMessageResponse.newBuilder().setMessageId(id).build());
  }

  @Override
  public void sendSeckillMessage(
      SendSeckillMessageRequest request, StreamObserver<SendSeckillMessageResponse> responses) {
    unary(
        request.getMessage().getOpenId(),
        request.getRequestId(),
        responses,
        id -> SendSeckillMessageResponse.newBuilder().setMessageId(id).build());
  }

  private <R> void unary(
      String openId, String requestId, StreamObserver<R> responses, Function<String, R> accepted) {
    ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(cancelled::incrementAndGet);
    StatusRuntimeException fault = failure;
    if (fault != null) {
      responses.onError(fault);
      return;
    }
    String messageId = send(openId, requestId);
    if (!silent) {
      responses.onNext(accepted.apply(messageId));
      responses.onCompleted();
    }
  }

  private String send(String openId, String requestId) {
    if (requestId.isEmpty()) {
      return deliver(openId);
    }
    return ledger.computeIfAbsent(requestId, id -> deliver(openId));
  }

  private String deliver(String openId) {
    sent.computeIfAbsent(openId, id -> new AtomicInteger()).incrementAndGet();
    return "m-" + openId;
  }

  @Override
  public StreamObserver<BatchSendRequest> batchSend(StreamObserver<BatchSendResponse> responses) {
    streams.incrementAndGet();
    ServerCallStreamObserver<BatchSendResponse> call =
        (ServerCallStreamObserver<BatchSendResponse>) responses;
    calls.add(call);
    call.setOnCancelHandler(cancelled::incrementAndGet);
    if (!reading) {
      call.disableAutoRequest();
    }
    StatusRuntimeException fault = failure;
    if (fault != null) {
      call.onError(fault);
      return new Ignored();
    }
    return new Stream(call, breaks.poll());
  }

  private static final class Ignored implements StreamObserver<BatchSendRequest> {
    @Override
    public void onNext(BatchSendRequest request) {}

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {}
  }

  private final class Stream implements StreamObserver<BatchSendRequest> {
    private final ServerCallStreamObserver<BatchSendResponse> responses;
    private final @Nullable Break end;
    private final BatchSummary.Builder summary = BatchSummary.newBuilder();
    private int read;
    private int answered;
    private boolean ended;
    private boolean hasAll;

    Stream(ServerCallStreamObserver<BatchSendResponse> responses, @Nullable Break end) {
      this.responses = responses;
      this.end = end;
    }

    @Override
    public void onNext(BatchSendRequest request) {
      if (ended) {
        return;
      }
      received.add(request);
      int index = read++;
      BatchSendResponse answer = answer(index, request);
      if (end == null || index < end.items - end.silent) {
        Runnable respond = () -> respond(answer);
        if (!hold(respond)) {
          respond.run();
        }
      }
      if (end != null && read == end.items) {
        ended = true;
        responses.onError(end.status);
      }
    }

    private BatchSendResponse answer(int index, BatchSendRequest request) {
      BatchItemResult.Builder result =
          BatchItemResult.newBuilder().setIndex(index).setRequestId(request.getRequestId());
      SendError error = errors.apply(request);
      if (error != null) {
        return of(result.setOutcome(error.getOutcome()).setError(error));
      }
      boolean known = ledger.containsKey(request.getRequestId());
      String messageId =
          request.getValidateOnly()
              ? ""
              : send(request.getSeckillMessage().getOpenId(), request.getRequestId());
      return of(
          result.setOutcome(Outcome.OUTCOME_ACCEPTED).setMessageId(messageId).setReplayed(known));
    }

    private BatchSendResponse of(BatchItemResult.Builder result) {
      return BatchSendResponse.newBuilder().setResult(result).build();
    }

    private synchronized void respond(BatchSendResponse answer) {
      answered++;
      summary.setTotal(answered);
      if (!responses.isCancelled()) {
        responses.onNext(answer);
        completeWhenAnswered();
      }
    }

    /** The summary follows the last answer, however long that was held. */
    private void completeWhenAnswered() {
      if (hasAll && answered == read) {
        responses.onNext(BatchSendResponse.newBuilder().setSummary(summary).build());
        responses.onCompleted();
      }
    }

    @Override
    public void onError(Throwable broken) {
      ended = true;
    }

    @Override
    public void onCompleted() {
      synchronized (this) {
        if (!ended) {
          hasAll = true;
          completeWhenAnswered();
        }
      }
    }
  }

  /** Returns whether the answer waits for {@link #release}; if not, the caller must send it. */
  private boolean hold(Runnable answer) {
    synchronized (held) {
      return holding && held.add(answer);
    }
  }

  /** Releases all held answers, and holds none any more. */
  void release() {
    synchronized (held) {
      holding = false;
    }
    for (Runnable answer = held.poll(); answer != null; answer = held.poll()) {
      answer.run();
    }
  }

  /** Returns how many messages were sent to all users. */
  int sentInAll() {
    return sent.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** A status with details, in the service's form. */
  static StatusRuntimeException status(Status.Code code, Message... details) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage("text for people");
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  static BatchSendRequest item(String openId, String requestId) {
    return BatchSendRequest.newBuilder()
        .setSeckillMessage(
            SeckillMessage.newBuilder()
                .setOpenId(openId)
                .setGoodsName("Coffee")
                .setTime("20:00")
                .setCorpId("1")
                .setCustomerId("2"))
        .setRequestId(requestId)
        .build();
  }

  static List<BatchSendRequest> items(int count, boolean withRequestIds) {
    List<BatchSendRequest> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item("user-" + i, withRequestIds ? "row-" + i : ""));
    }
    return items;
  }

  void stopListening() {
    servers.forEach(Server::shutdownNow);
  }

  @Override
  public void close() {
    stopListening();
  }
}
