package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.Admission;
import dev.wxnotify.server.delivery.AppUse;
import dev.wxnotify.server.delivery.Batch;
import dev.wxnotify.server.delivery.BatchItem;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.delivery.Turn;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a batch.
 *
 * <pre>
 *   read one item ─▶ caller's limits ─▶ {@link Batch} ─▶ results ─▶ caller ready? ─▶ sent, counted
 *        ▲                                                                               │
 *        └── only while few items wait, and few results are on their way
 * </pre>
 *
 * <p>So memory is bounded whatever the stream's length: items that wait for their turn weigh about
 * {@link #READ_AHEAD} at most, those together with what is under way and with the results that the
 * caller has not taken {@link #WINDOW}. A caller that does not read is not read from. Items of
 * different apps wait for each other only where those of one app fill the read-ahead.
 *
 * <p>The stream keeps the caller that it began with, also where that was changed or removed
 * meanwhile; only the caller's limits are those of the moment. An item keeps the app that it was
 * read with.
 *
 * <p>The stream ends early, with every item that was read answered, at its deadline or when the
 * server stops: then nothing more is read, what waits is not sent, and what is under way comes to
 * its end.
 *
 * <p>Concurrency: items arrive on gRPC's thread, results on any. Whoever adds a result drains the
 * queue, one thread at a time (the counter {@code draining} lets the first one in and makes it go
 * round again for the others), so that the tally and the sending of results need no lock. Whoever
 * makes room looks whether to read on; {@code asked} lets one request out at a time.
 *
 * <p>An item may arrive while another thread ends the stream. Who reads an item writes {@code
 * received} and then asks the batch, which answers on the spot if it has ended; who ends the stream
 * ends the batch and then looks at {@code waiting} and {@code received}. So the item is awaited, or
 * not sent. In the same way who reads an item puts it on record as waiting before it looks whether
 * the stream has ended, so that it is taken out of its caller's queue by the one or the other.
 *
 * <p>It is long because who reads, who ends and who drains rely on the order of each other's
 * writes.
 */
final class BatchStream implements StreamObserver<BatchSendRequest> {
  private static final Logger log = LoggerFactory.getLogger(BatchStream.class);

  /** Above the most connections to WeChat, so that one stream can use them all. */
  static final int WINDOW = 1024;

  /** Enough to keep several apps busy; an item that waits costs memory and gains nothing. */
  static final int READ_AHEAD = 64;

  private static final SendOutcome.NotSent CANCELLED =
      new SendOutcome.NotSent(
          NotSent.Reason.CANCELLED, "cancelled before it was written to WeChat");

  private static final SendOutcome.NotSent OWN_FAULT =
      new SendOutcome.NotSent(NotSent.Reason.INTERNAL_ERROR, "internal server error");

  private final RequestMapper mapper;
  private final ServerCallStreamObserver<BatchSendResponse> responses;
  private final ScheduledExecutorService timer;
  private final Admission delivery;
  private final Batch batch;
  private final Consumer<BatchStream> whenOver;
  private final Caller caller = Caller.current();
  private final Trace trace = GrpcServer.TRACE.get();

  private final Queue<BatchItemResult> results = new ConcurrentLinkedQueue<>();
  private final AtomicInteger draining = new AtomicInteger();
  private final BatchTally tally = new BatchTally();

  /** The weight of the items that were read, and 1 for each whose result is not sent. */
  private final AtomicInteger held = new AtomicInteger();

  /** The one item that was read and waits for the caller's limits. */
  private final AtomicReference<@Nullable Entry> waiting = new AtomicReference<>();

  /** Whether an item was requested that has not arrived, or not been let in. */
  private final AtomicBoolean asked = new AtomicBoolean();

  private volatile long received;
  private volatile boolean halfClosed;
  private volatile boolean over;

  /** Why nothing more is read; null while the stream is open. */
  private volatile @Nullable Ending ending;

  private volatile @Nullable Future<?> endTask;
  private volatile @Nullable Long deadlineNanos;

  /**
   * Why a stream ends before its caller ends it.
   *
   * @param ofItem what becomes of the items that wait
   * @param ofStream what the stream ends with
   */
  private record Ending(SendOutcome.NotSent ofItem, SendError ofStream) {
    static final Ending DEADLINE =
        new Ending(
            new SendOutcome.NotSent(
                NotSent.Reason.DEADLINE_BEFORE_SEND,
                "the stream's deadline expired before the message was written to WeChat"),
            SendErrors.streamDeadline());

    static final Ending STOP =
        new Ending(
            new SendOutcome.NotSent(
                NotSent.Reason.SERVER_STOPPING,
                "the server stopped before the message was written to WeChat"),
            SendErrors.streamStopping());
  }

  /** What a result says of the item it is for; the message itself is not held that long. */
  private record Item(long index, String requestId, String path) {
    BatchItemResult.Builder result() {
      return BatchItemResult.newBuilder().setIndex(index).setRequestId(requestId);
    }
  }

  /** What is given back when an item has its result. */
  private record UnderWay(Item item, int weight, CallerLimits limits, AppUse use) {}

  /**
   * Prepares a stream; {@link #open} begins to read.
   *
   * @param whenOver runs once nothing more is sent or read
   */
  BatchStream(
      Admission delivery,
      RequestMapper mapper,
      ServerCallStreamObserver<BatchSendResponse> responses,
      ScheduledExecutorService timer,
      Consumer<BatchStream> whenOver) {
    this.delivery = delivery;
    this.mapper = mapper;
    this.responses = responses;
    this.timer = timer;
    this.batch = delivery.openBatch(this::timeout, this::readOn);
    this.whenOver = whenOver;
  }

  /**
   * Begins to read.
   *
   * @param timeout when the stream must have been answered; null for never
   */
  void open(@Nullable Duration timeout) {
    responses.disableAutoRequest();
    responses.setOnReadyHandler(this::drain);
    responses.setOnCancelHandler(this::cancel);
    if (timeout != null) {
      deadlineNanos = System.nanoTime() + timeout.toNanos();
      endTask = timer.schedule(() -> end(Ending.DEADLINE), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    readOn();
  }

  /** Tells whether nothing more is sent or read. */
  boolean isOver() {
    return over;
  }

  @Override
  public void onNext(BatchSendRequest request) {
    Item item = new Item(received, shown(request.getRequestId()), messagePath(request));
    received = item.index + 1;
    MappedMessage mapped = mapper.map(request);
    if (mapped instanceof MappedMessage.Invalid invalid) {
      delivery.countInvalid(kind(request), Lane.BATCH);
      held.incrementAndGet();
      add(
          item.result()
              .setOutcome(Outcome.OUTCOME_REJECTED)
              .setError(SendErrors.invalid(invalid.violations()))
              .build());
    } else if (mapped instanceof MappedMessage.NotAllowed no) {
      held.incrementAndGet();
      add(
          item.result()
              .setOutcome(Outcome.OUTCOME_NOT_SENT)
              .setError(SendErrors.appNotAllowed(no.appId()))
              .build());
    } else if (request.getValidateOnly()) {
      held.incrementAndGet();
      add(item.result().setOutcome(Outcome.OUTCOME_ACCEPTED).build());
    } else if (mapped instanceof MappedMessage.Valid valid) {
      valid.app().use().begin();
      enter(new Entry(item, request, valid, caller.limits()));
      return; // Reads on when the item was let in.
    }
    asked.set(false);
    readOn();
  }

  /** An item that waits for the caller's limits. */
  private final class Entry extends Turn {
    private final Item item;
    private final BatchSendRequest request;
    private final MappedMessage.Valid valid;
    private final CallerLimits limits;
    private final Instant receivedAt = Instant.now();

    Entry(Item item, BatchSendRequest request, MappedMessage.Valid valid, CallerLimits limits) {
      super(1);
      this.item = item;
      this.request = request;
      this.valid = valid;
      this.limits = limits;
    }

    @Override
    protected boolean use() {
      if (!waiting.compareAndSet(this, null)) {
        return false; // The stream ended meanwhile.
      }
      send(this);
      return true;
    }
  }

  /** Has an item wait for the caller's limits. */
  private void enter(Entry entry) {
    waiting.set(entry);
    Ending early = ending;
    if (early != null || over) {
      dismiss(early == null ? CANCELLED : early.ofItem); // It ended between the first look and now.
      return;
    }
    try {
      entry.limits.enter(entry);
    } catch (Throwable fault) {
      log.error("an item could not be queued for its caller's limits", fault);
      dismiss(OWN_FAULT);
      asked.set(false);
      readOn();
    }
  }

  /** The caller's limits have room for the item. */
  private void send(Entry entry) {
    BatchSendRequest request = entry.request;
    MappedMessage.Valid valid = entry.valid;
    UnderWay item =
        new UnderWay(entry.item, valid.message().weight(), entry.limits, valid.app().use());
    held.addAndGet(item.weight);
    batch.add(
        new BatchItem(
            valid.app(),
            valid.message(),
            kind(request),
            caller.name(),
            request.getRequestId(),
            trace,
            entry.receivedAt,
            request.getSkipUnlessSubscribed()),
        answer -> tell(item, answer));
    asked.set(false);
    readOn();
  }

  /** On a thread that knows of no call: a fault would be lost there, and the stream never end. */
  private void tell(UnderWay item, Reply answer) {
    item.limits.release(Lane.BATCH);
    item.use.end();
    try {
      held.addAndGet(1 - item.weight); // Of the item only its result is left.
      add(toResult(item.item, answer));
    } catch (Throwable fault) {
      log.error("a stream failed unexpectedly", fault);
      cancel();
      responses.onError(Statuses.of(SendErrors.internal(Outcome.OUTCOME_UNKNOWN)));
    }
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
    close();
    dismiss(CANCELLED); // Nobody hears of it.
    batch.cancel();
  }

  /**
   * The server is going down: reads no further, sends nothing that waits, and lets what is under
   * way come to its end.
   */
  void stop() {
    end(Ending.STOP);
  }

  /** The server cannot wait any longer: answers what is under way. */
  void giveUp() {
    batch.stop(Ending.STOP.ofItem);
  }

  private void end(Ending why) {
    if (ending == null) {
      ending = why;
    }
    batch.end(why.ofItem);
    dismiss(why.ofItem);
    drain();
  }

  /** Takes the item that waits for the caller's limits, if any, out of their queue. */
  private void dismiss(SendOutcome.NotSent why) {
    Entry entry = waiting.getAndSet(null);
    if (entry != null) {
      entry.withdraw();
      entry.valid.app().use().end();
      held.incrementAndGet();
      add(toResult(entry.item, new Reply(why, false)));
    }
  }

  /** The time of a try, which ends with the stream's. */
  private Duration timeout() {
    Long end = deadlineNanos;
    if (end == null) {
      return CallTimeout.DEFAULT;
    }
    Duration left = Duration.ofNanos(end - System.nanoTime());
    return left.compareTo(CallTimeout.DEFAULT) < 0 ? left : CallTimeout.DEFAULT;
  }

  private void readOn() {
    if (ending == null
        && !over
        && held.get() < WINDOW
        && batch.waiting() < READ_AHEAD
        && asked.compareAndSet(false, true)) {
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
      held.decrementAndGet();
      readOn();
    }
    if (!over && (halfClosed || ending != null) && tally.total() == received) {
      finish();
    }
  }

  private void finish() {
    Ending early = ending;
    close();
    responses.onNext(BatchSendResponse.newBuilder().setSummary(tally.summary()).build());
    if (halfClosed || early == null) {
      responses.onCompleted();
    } else {
      responses.onError(Statuses.of(early.ofStream));
    }
  }

  private void close() {
    over = true;
    stopTimer();
    whenOver.accept(this);
  }

  private void stopTimer() {
    Future<?> task = endTask;
    if (task != null) {
      task.cancel(false);
    }
  }

  private static BatchItemResult toResult(Item item, Reply answer) {
    BatchItemResult.Builder result = item.result().setReplayed(answer.replayed());
    SendOutcome outcome = answer.outcome();
    if (outcome instanceof SendOutcome.Accepted accepted) {
      return result.setOutcome(Outcome.OUTCOME_ACCEPTED).setMessageId(accepted.messageId()).build();
    }
    var error = SendErrors.of(outcome, item.path);
    return result.setOutcome(error.getOutcome()).setError(error).build();
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
