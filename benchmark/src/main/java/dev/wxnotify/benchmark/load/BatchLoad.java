package dev.wxnotify.benchmark.load;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import dev.wxnotify.v1.Outcome;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends messages in streams, one at a time on each connection. An item is sent when gRPC accepts
 * one and fewer than the stream's share of {@link Load#inFlight} are unanswered.
 */
final class BatchLoad {
  private final Load load;
  private final int window;
  private final int marks;
  private final Limit limit;
  private final Tally tally = new Tally();
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final CountDownLatch connections;

  private BatchLoad(Load load, int connections, int marks) {
    this.load = load;
    this.window = Math.max(1, load.inFlight() / connections);
    this.marks = marks;
    this.limit = new Limit(load);
    this.connections = new CountDownLatch(connections);
  }

  /**
   * Runs to the end.
   *
   * @param marks the number of progress reports, if the number of messages is known
   */
  static LoadResult run(NotificationServiceStub[] stubs, Load load, int marks)
      throws InterruptedException {
    BatchLoad batch = new BatchLoad(load, stubs.length, marks);
    for (NotificationServiceStub stub : stubs) {
      batch.openStream(stub);
    }
    batch.connections.await();
    return batch.tally.result();
  }

  private void openStream(NotificationServiceStub stub) {
    var ignored = stub.batchSend(new Stream(stub));
  }

  private void answered(long sentNanos, String error) {
    tally.answered(sentNanos, error);
    long all = answered.incrementAndGet();
    if (load.messages() > 0
        && all * marks / load.messages() != (all - 1) * marks / load.messages()) {
      Worker.progress((double) all / load.messages());
    }
  }

  /** One stream. gRPC calls an observer one at a time, so that nothing here needs a lock. */
  private final class Stream
      implements ClientResponseObserver<BatchSendRequest, BatchSendResponse> {
    /** Answers come in any order, so that a slot may be needed for longer than one window. */
    private static final int WINDOWS = 16;

    private final NotificationServiceStub stub;

    /** When the unanswered items were sent, by their index modulo the length. */
    private final long[] sentNanos = new long[WINDOWS * window];

    private long sent;
    private long received;
    private boolean halfClosed;
    private boolean isLast;

    @SuppressWarnings("NullAway.Init") // gRPC calls beforeStart first.
    private ClientCallStreamObserver<BatchSendRequest> requests;

    Stream(NotificationServiceStub stub) {
      this.stub = stub;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<BatchSendRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(this::sendWhatFits);
    }

    @Override
    public void onNext(BatchSendResponse response) {
      if (!response.hasResult()) {
        return; // The summary.
      }
      received++;
      BatchItemResult result = response.getResult();
      answered(
          sentNanos[slot(result.getIndex())],
          result.getOutcome() == Outcome.OUTCOME_ACCEPTED ? "" : result.getError().getMessage());
      sendWhatFits();
    }

    private void sendWhatFits() {
      while (!halfClosed && requests.isReady() && sent - received < window) {
        if (load.streamLength() > 0 && sent == load.streamLength()) {
          halfClose();
          return;
        }
        long index = next.getAndIncrement();
        long now = System.nanoTime();
        if (limit.isReached(index, now)) {
          isLast = true;
          halfClose();
          return;
        }
        sentNanos[slot(sent)] = now;
        sent++;
        requests.onNext(
            BatchSendRequest.newBuilder().setSubscribeMessage(Messages.proto(index)).build());
      }
    }

    private void halfClose() {
      halfClosed = true;
      requests.onCompleted();
    }

    private int slot(long index) {
      return (int) (index % sentNanos.length);
    }

    @Override
    public void onError(Throwable fault) {
      tally.answered(System.nanoTime(), "the stream failed: " + fault.getMessage());
      connections.countDown();
    }

    @Override
    public void onCompleted() {
      if (isLast) {
        connections.countDown();
      } else {
        openStream(stub);
      }
    }
  }
}
