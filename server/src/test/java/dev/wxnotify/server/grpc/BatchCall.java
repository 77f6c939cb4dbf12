package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.NotificationServiceGrpc.NotificationServiceStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A client's stream: the test controls its reading and can wait for its answers. */
final class BatchCall implements ClientResponseObserver<BatchSendRequest, BatchSendResponse> {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Object lock = new Object();
  private final int initialRequest;

  @GuardedBy("lock")
  private final List<BatchSendResponse> responses = new ArrayList<>();

  @GuardedBy("lock")
  private @Nullable Status end;

  @GuardedBy("lock")
  private @Nullable Throwable fault;

  private @Nullable ClientCallStreamObserver<BatchSendRequest> requests;

  private BatchCall(int initialRequest) {
    this.initialRequest = initialRequest;
  }

  /** Opens a stream that reads all answers. */
  static BatchCall open(NotificationServiceStub stub) {
    return open(stub, Integer.MAX_VALUE);
  }

  /** Opens a stream that reads {@code initialRequest} answers, and more with {@link #request}. */
  static BatchCall open(NotificationServiceStub stub, int initialRequest) {
    BatchCall call = new BatchCall(initialRequest);
    stub.batchSend(call);
    return call;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BatchSendRequest> stream) {
    requests = stream;
    stream.disableAutoRequestWithInitial(initialRequest);
  }

  @Override
  public void onNext(BatchSendResponse response) {
    synchronized (lock) {
      responses.add(response);
      lock.notifyAll();
    }
  }

  @Override
  public void onError(Throwable fault) {
    end(Status.fromThrowable(fault), fault);
  }

  @Override
  public void onCompleted() {
    end(Status.OK, null);
  }

  private void end(Status status, @Nullable Throwable why) {
    synchronized (lock) {
      end = status;
      fault = why;
      lock.notifyAll();
    }
  }

  BatchCall send(BatchSendRequest... items) {
    for (BatchSendRequest item : items) {
      stream().onNext(item);
    }
    return this;
  }

  BatchCall halfClose() {
    stream().onCompleted();
    return this;
  }

  void cancel() {
    stream().cancel("the test cancels", null);
  }

  /** Reads {@code count} more answers. */
  void request(int count) {
    stream().request(count);
  }

  /** Returns the first {@code count} results, as soon as they have arrived. */
  List<BatchItemResult> awaitResults(int count) throws InterruptedException {
    await(() -> results().size() >= count);
    List<BatchItemResult> results = results();
    assertThat(results).hasSizeGreaterThanOrEqualTo(count);
    return results.subList(0, count);
  }

  /** Waits for the end of the stream, and returns its status. */
  Status awaitEnd() throws InterruptedException {
    await(this::isOver);
    synchronized (lock) {
      assertThat(end).as("the stream has ended").isNotNull();
      return Objects.requireNonNull(end);
    }
  }

  /** Waits for the end of the stream, and returns its error. */
  StatusRuntimeException awaitError() throws InterruptedException {
    awaitEnd();
    synchronized (lock) {
      assertThat(fault).isInstanceOf(StatusRuntimeException.class);
      return (StatusRuntimeException) Objects.requireNonNull(fault);
    }
  }

  /**
   * Waits for the stream to end with OK and a summary that matches the results; returns the
   * summary.
   */
  BatchSummary awaitSummary() throws InterruptedException {
    assertThat(awaitEnd().getCode()).as("%s", end()).isEqualTo(Status.Code.OK);
    return summary();
  }

  /** Returns the summary, which must be the last answer and match the results. */
  BatchSummary summary() {
    List<BatchSendResponse> all = responses();
    assertThat(all).isNotEmpty();
    assertThat(all.get(all.size() - 1).hasSummary()).as("the last answer is the summary").isTrue();
    assertThat(results()).as("all others are results").hasSize(all.size() - 1);
    BatchSummary summary = all.get(all.size() - 1).getSummary();
    assertThat(summary).isEqualTo(countOf(results()));
    return summary;
  }

  private static BatchSummary countOf(List<BatchItemResult> results) {
    BatchSummary.Builder count = BatchSummary.newBuilder().setTotal(results.size());
    for (BatchItemResult result : results) {
      switch (result.getOutcome()) {
        case OUTCOME_ACCEPTED -> count.setAccepted(count.getAccepted() + 1);
        case OUTCOME_REJECTED -> count.setRejected(count.getRejected() + 1);
        case OUTCOME_NOT_SENT -> count.setNotSent(count.getNotSent() + 1);
        case OUTCOME_UNKNOWN -> count.setUnknown(count.getUnknown() + 1);
        case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError(result);
      }
      if (result.getReplayed()) {
        count.setReplayed(count.getReplayed() + 1);
      }
      if (result.hasError()) {
        String reason = result.getError().getReason().name();
        count.putErrorsByReason(reason, count.getErrorsByReasonOrDefault(reason, 0) + 1);
      }
    }
    return count.build();
  }

  /** Returns the answers that have arrived. */
  List<BatchSendResponse> responses() {
    synchronized (lock) {
      return List.copyOf(responses);
    }
  }

  /** Returns the results that have arrived. */
  List<BatchItemResult> results() {
    return responses().stream()
        .filter(BatchSendResponse::hasResult)
        .map(BatchSendResponse::getResult)
        .toList();
  }

  boolean isOver() {
    synchronized (lock) {
      return end != null;
    }
  }

  private @Nullable Status end() {
    synchronized (lock) {
      return end;
    }
  }

  /** Waits for {@code condition}, or for the end of the stream, after which nothing changes. */
  private void await(BooleanSupplier condition) throws InterruptedException {
    long last = System.nanoTime() + Await.LONGEST.toNanos();
    synchronized (lock) {
      long left = Await.LONGEST.toMillis();
      while (!condition.getAsBoolean() && end == null && left > 0) {
        lock.wait(left);
        left = (last - System.nanoTime()) / NANOS_PER_MILLI;
      }
    }
  }

  private ClientCallStreamObserver<BatchSendRequest> stream() {
    return Objects.requireNonNull(requests, "the stream was opened");
  }
}
