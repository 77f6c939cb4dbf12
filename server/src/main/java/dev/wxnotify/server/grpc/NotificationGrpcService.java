package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.Delivery;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendSeckillMessageRequest;
import dev.wxnotify.v1.SendSeckillMessageResponse;
import dev.wxnotify.v1.SendSubscribeMessageRequest;
import dev.wxnotify.v1.SendSubscribeMessageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service of the contract. It runs on the event loop of gRPC and never blocks it. */
final class NotificationGrpcService extends NotificationServiceGrpc.NotificationServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(NotificationGrpcService.class);

  private final Admission delivery;
  private final RequestMapper mapper;
  private final ScheduledExecutorService timer;
  private final Set<BatchStream> streams = ConcurrentHashMap.newKeySet();
  private final Set<Delivery> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean givenUp;

  /** What a caller asks for beside the message itself. */
  private record Wishes(String requestId, boolean validateOnly, boolean skipUnlessSubscribed) {}

  NotificationGrpcService(
      Admission delivery, RequestMapper mapper, ScheduledExecutorService timer) {
    this.delivery = delivery;
    this.mapper = mapper;
    this.timer = timer;
  }

  @Override
  public void sendSubscribeMessage(
      SendSubscribeMessageRequest request, StreamObserver<SendSubscribeMessageResponse> responses) {
    send(
        mapper.map(request),
        MessageKind.SUBSCRIBE,
        new Wishes(
            request.getRequestId(), request.getValidateOnly(), request.getSkipUnlessSubscribed()),
        responses,
        (messageId, replayed) ->
            SendSubscribeMessageResponse.newBuilder()
                .setMessageId(messageId)
                .setReplayed(replayed)
                .build());
  }

  @Override
  public void sendSeckillMessage(
      SendSeckillMessageRequest request, StreamObserver<SendSeckillMessageResponse> responses) {
    send(
        mapper.map(request),
        MessageKind.SECKILL,
        new Wishes(
            request.getRequestId(), request.getValidateOnly(), request.getSkipUnlessSubscribed()),
        responses,
        (messageId, replayed) ->
            SendSeckillMessageResponse.newBuilder()
                .setMessageId(messageId)
                .setReplayed(replayed)
                .build());
  }

  @Override
  public StreamObserver<BatchSendRequest> batchSend(StreamObserver<BatchSendResponse> responses) {
    BatchStream stream =
        new BatchStream(
            delivery,
            mapper,
            (ServerCallStreamObserver<BatchSendResponse>) responses,
            timer,
            streams::remove);
    stream.open(CallTimeout.ofCurrentStream());
    streams.add(stream);
    if (stopping) {
      stream.stop(); // It was let in right before the server began to stop.
    }
    if (givenUp) {
      stream.giveUp();
    }
    if (stream.isOver()) {
      streams.remove(stream);
    }
    return stream;
  }

  /** Has all streams read no further, and end when what they read is answered. */
  void stop() {
    stopping = true;
    streams.forEach(BatchStream::stop);
  }

  /** Answers what is under way, since the server cannot wait any longer. */
  void giveUp() {
    givenUp = true;
    streams.forEach(BatchStream::giveUp);
    calls.forEach(Delivery::stop);
  }

  /** Tells whether messages are being worked on. */
  boolean isBusy() {
    return delivery.inFlight() > 0;
  }

  private <R> void send(
      MappedMessage mapped,
      MessageKind kind,
      Wishes wishes,
      StreamObserver<R> responses,
      BiFunction<String, Boolean, R> toResponse) {
    if (mapped instanceof MappedMessage.Invalid invalid) {
      delivery.countInvalid(kind, Lane.SINGLE);
      responses.onError(Statuses.of(SendErrors.invalid(invalid.violations())));
    } else if (mapped instanceof MappedMessage.NotAllowed no) {
      responses.onError(Statuses.of(SendErrors.appNotAllowed(no.appId())));
    } else if (wishes.validateOnly) {
      responses.onNext(toResponse.apply("", false));
      responses.onCompleted();
    } else if (mapped instanceof MappedMessage.Valid valid) {
      send(valid, kind, wishes, responses, toResponse);
    }
  }

  private <R> void send(
      MappedMessage.Valid valid,
      MessageKind kind,
      Wishes wishes,
      StreamObserver<R> responses,
      BiFunction<String, Boolean, R> toResponse) {
    Caller caller = Caller.current();
    Order order =
        new Order(
            valid.app(),
            valid.message(),
            kind,
            caller.name(),
            wishes.requestId,
            Lane.SINGLE,
            CallTimeout.ofCurrentCall(),
            GrpcServer.TRACE.get(),
            Instant.now(),
            wishes.skipUnlessSubscribed);
    CallerLimits limits = caller.limits();
    Duration wait = limits.tryAdmit();
    if (!wait.isZero()) {
      respond(delivery.refuse(order, wait), responses, toResponse);
      return;
    }
    Delivery sent;
    try {
      sent = delivery.deliver(order);
    } catch (Throwable fault) {
      limits.release(Lane.SINGLE);
      throw fault;
    }
    ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(sent::cancel);
    calls.add(sent);
    var ignored =
        sent.answer()
            .thenAccept(
                answer -> {
                  calls.remove(sent);
                  limits.release(Lane.SINGLE);
                  respondGuarded(answer, responses, toResponse);
                });
    if (givenUp) {
      sent.stop(); // It was let in right before that.
    }
  }

  /** On a thread that knows of no call: a fault would be lost there, and the call never end. */
  private static <R> void respondGuarded(
      Reply answer, StreamObserver<R> responses, BiFunction<String, Boolean, R> toResponse) {
    try {
      respond(answer, responses, toResponse);
    } catch (Throwable fault) {
      log.error("a call failed unexpectedly while it was answered", fault);
      responses.onError(Statuses.of(SendErrors.internal(Outcome.OUTCOME_UNKNOWN)));
    }
  }

  private static <R> void respond(
      Reply answer, StreamObserver<R> responses, BiFunction<String, Boolean, R> toResponse) {
    if (answer.outcome() instanceof SendOutcome.Accepted accepted) {
      responses.onNext(toResponse.apply(accepted.messageId(), answer.replayed()));
      responses.onCompleted();
    } else {
      responses.onError(Statuses.of(SendErrors.of(answer.outcome(), "message")));
    }
  }
}
