package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Delivered;
import dev.wxnotify.server.delivery.Delivery;
import dev.wxnotify.server.delivery.Hindrance;
import dev.wxnotify.server.delivery.MessageDelivery;
import dev.wxnotify.server.delivery.MessageKind;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Permits.Lane;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.Outcome;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a batch.
 *
 * <pre>
 *   read one item ─▶ admitted by the server? ─▶ delivery ─▶ results ─▶ caller ready? ─▶ sent, counted
 *        ▲                    │                                              │
 *        └── request the next ┴── only while fewer than WINDOW results are on their way ◀──┘
 * </pre>
 *
 * <p>So memory is bounded whatever the stream's length: one item that waits for admission, and at
 * most {@link #WINDOW} results that the caller has not taken. A caller that does not read is not
 * read from.
 *
 * <p>Concurrency: items arrive on gRPC's thread, results on any. Whoever adds a result drains the
 * queue, one thread at a time (the counter {@code draining} lets the first one in and makes it go
 * round again for the others), so that the tally and the sending of results need no lock.
 *
 * <p>An item may arrive while the deadline's thread ends the stream. Who reads an item writes
 * {@code received} and then looks at {@code overdue}; who ends the stream writes {@code overdue}
 * and then looks at {@code received}. So the item is either awaited, or not sent.
 */
final class BatchStream implements StreamObserver<BatchSendRequest> {
  /** Above the most connections to WeChat, so that one stream can use them all. */
  static final int WINDOW = 1024;

  private final MessageDelivery delivery;
  private final RequestMapper mapper;
  private final ServerCallStreamObserver<BatchSendResponse> responses;
  private final Caller caller = Caller.current();
  private final Trace trace = GrpcServer.TRACE.get();

  private final Queue<BatchItemResult> results = new ConcurrentLinkedQueue<>();
  private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicInteger draining = new AtomicInteger();
  private final BatchTally tally = new BatchTally();

  /** What may still be requested; -1 while the next request waits for a result to be taken. */
  private final AtomicInteger window = new AtomicInteger(WINDOW);

  /** The one item that was read and waits to be admitted. */
  private final AtomicReference<@Nullable Item> waiting = new AtomicReference<>();

  private volatile long received;
  private volatile boolean halfClosed;
  private volatile boolean overdue;
  private volatile boolean over;
  private volatile @Nullable Future<?> deadlineTask;
  private volatile @Nullable Long deadlineNanos;

  /** One item that was read. */
  private record Item(long index, BatchSendRequest request) {}

  BatchStream(
      MessageDelivery delivery,
      RequestMapper mapper,
      ServerCallStreamObserver<BatchSendResponse> responses) {
    this.delivery = delivery;
    this.mapper = mapper;
    this.responses = responses;
  }

  /**
   * Begins to read.
   *
   * @param timeout when the stream must have been answered; null for never
   */
  BatchStream open(@Nullable Duration timeout, ScheduledExecutorService timer) {
    responses.disableAutoRequest();
    responses.setOnReadyHandler(this::drain);
    responses.setOnCancelHandler(this::cancel);
    if (timeout != null) {
      deadlineNanos = System.nanoTime() + timeout.toNanos();
      deadlineTask = timer.schedule(this::onDeadline, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    requestNext();
    return this;
  }

  @Override
  public void onNext(BatchSendRequest request) {
    Item item = new Item(received, request);
    received = item.index + 1;
    MappedMessage mapped = mapper.map(request);
    if (mapped instanceof MappedMessage.Invalid invalid) {
      delivery.countInvalid(kind(request), Lane.BATCH);
      add(
          result(item)
              .setOutcome(Outcome.OUTCOME_REJECTED)
              .setError(SendErrors.invalid(invalid.violations()))
              .build());
      requestNext();
    } else if (mapped instanceof MappedMessage.NotAllowed no) {
      add(
          result(item)
              .setOutcome(Outcome.OUTCOME_NOT_SENT)
              .setError(SendErrors.appNotAllowed(no.appId()))
              .build());
      requestNext();
    } else if (request.getValidateOnly()) {
      add(result(item).setOutcome(Outcome.OUTCOME_ACCEPTED).build());
      requestNext();
    } else if (mapped instanceof MappedMessage.Valid valid) {
      waiting.set(item);
      caller.limits().admitBatchItem(() -> delivery.admitBatchItem(() -> begin(item, valid)));
    }
  }

  /** The server has room for the item, and the caller's limits too. */
  private boolean begin(Item item, MappedMessage.Valid valid) {
    boolean begun = beginAdmitted(item, valid);
    if (!begun) {
      caller.limits().release(Lane.BATCH);
    }
    return begun;
  }

  /** Returns whether the item makes use of the room. */
  private boolean beginAdmitted(Item item, MappedMessage.Valid valid) {
    if (over || !waiting.compareAndSet(item, null)) {
      return false;
    }
    if (overdue) { // Asked for in time, and read too late.
      add(toResult(item, DEADLINE));
      return false;
    }
    Delivery sent =
        delivery.deliverAdmitted(
            new Order(
                valid.app(),
                valid.message(),
                kind(item.request),
                caller.name(),
                item.request.getRequestId(),
                Lane.BATCH,
                timeout(),
                trace));
    underWay.add(sent);
    var ignored =
        sent.answer()
            .thenAccept(
                answer -> {
                  underWay.remove(sent);
                  caller.limits().release(Lane.BATCH);
                  add(toResult(item, answer));
                });
    if (over) {
      sent.cancel(); // The caller left between the first look and now.
    }
    requestNext();
    return true;
  }

  @Override
  public void onCompleted() {
    halfClosed = true;
    drain();
  }

  /** The caller is gone; the cancel handler has been called or will be. */
  @Override
  public void onError(Throwable cancelled) {
    cancel();
  }

  private void cancel() {
    over = true;
    stopTimer();
    underWay.forEach(Delivery::cancel);
  }

  /** The stream's time is over: everything that was read is answered, and nothing more is read. */
  private void onDeadline() {
    overdue = true;
    Item item = waiting.getAndSet(null);
    if (item != null) {
      add(toResult(item, DEADLINE));
    }
    drain();
  }

  /** An item's own time, which ends with the stream's. */
  private Duration timeout() {
    Long end = deadlineNanos;
    if (end == null) {
      return CallTimeout.DEFAULT;
    }
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return left.compareTo(CallTimeout.DEFAULT) < 0 ? left : CallTimeout.DEFAULT;
  }

  private void requestNext() {
    if (!overdue && window.getAndDecrement() > 0) {
      responses.request(1);
    }
  }

  private void add(BatchItemResult result) {
    results.add(result);
    drain();
  }

  private void drain() {
    if (draining.getAndIncrement() != 0) {
      return; // Another thread is at it, and will look again.
    }
    int seen = 1;
    do {
      sendWhatIsReady();
      seen = draining.addAndGet(-seen);
    } while (seen != 0);
  }

  private void sendWhatIsReady() {
    while (!over && responses.isReady()) {
      BatchItemResult result = results.poll();
      if (result == null) {
        break;
      }
      tally.count(result);
      responses.onNext(BatchSendResponse.newBuilder().setResult(result).build());
      if (window.getAndIncrement() < 0 && !overdue) {
        responses.request(1);
      }
    }
    if (!over && (halfClosed || overdue) && tally.total() == received) {
      finish();
    }
  }

  private void finish() {
    over = true;
    stopTimer();
    responses.onNext(BatchSendResponse.newBuilder().setSummary(tally.summary()).build());
    if (halfClosed) {
      responses.onCompleted();
    } else {
      responses.onError(Statuses.of(SendErrors.streamDeadline()));
    }
  }

  private void stopTimer() {
    Future<?> task = deadlineTask;
    if (task != null) {
      task.cancel(false);
    }
  }

  private static final Delivered DEADLINE =
      new Delivered(
          new SendOutcome.NotSent(
              Hindrance.DEADLINE_BEFORE_SEND,
              "the stream's deadline was over before the message was written to WeChat"),
          false);

  private static BatchItemResult toResult(Item item, Delivered answer) {
    BatchItemResult.Builder result = result(item).setReplayed(answer.replayed());
    SendOutcome outcome = answer.outcome();
    if (outcome instanceof SendOutcome.Accepted accepted) {
      return result.setOutcome(Outcome.OUTCOME_ACCEPTED).setMessageId(accepted.messageId()).build();
    }
    var error = SendErrors.of(outcome, messagePath(item.request));
    return result.setOutcome(error.getOutcome()).setError(error).build();
  }

  private static BatchItemResult.Builder result(Item item) {
    return BatchItemResult.newBuilder()
        .setIndex(item.index)
        .setRequestId(shown(item.request.getRequestId()));
  }

  /** One that is too long is refused, and must not fill the memory while its result waits. */
  private static String shown(String requestId) {
    int longest = RequestMapper.MAX_REQUEST_ID;
    return requestId.length() <= longest ? requestId : requestId.substring(0, longest);
  }

  private static MessageKind kind(BatchSendRequest request) {
    return request.hasSeckillMessage() ? MessageKind.SECKILL : MessageKind.SUBSCRIBE;
  }

  private static String messagePath(BatchSendRequest request) {
    return request.hasSeckillMessage() ? "seckill_message" : "subscribe_message";
  }
}
