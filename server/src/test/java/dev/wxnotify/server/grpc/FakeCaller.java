package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.BatchSummary;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a stream, as the server sees it. It accepts answers while the test allows
 * it, and records every violation of an observer's rules: two threads at a time, or an answer after
 * the end.
 */
final class FakeCaller extends ServerCallStreamObserver<BatchSendResponse> {
  private final Queue<BatchSendResponse> responses = new ConcurrentLinkedQueue<>();
  private final List<String> offences = new CopyOnWriteArrayList<>();
  private final AtomicInteger requested = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();

  private volatile @Nullable Error fault;
  private volatile boolean ready = true;
  private volatile boolean completed;
  private volatile Runnable onReady = () -> {};
  private volatile Runnable onCancel = () -> {};

  /** Starts or stops accepting answers. */
  void setReady(boolean ready) {
    this.ready = ready;
    if (ready) {
      onReady.run();
    }
  }

  /** Makes gRPC throw {@code fault} at every answer from now on. */
  void breakWith(Error fault) {
    this.fault = fault;
  }

  /** Cancels the stream. */
  void cancelCall() {
    onCancel.run();
  }

  /** Returns how many items the server has requested since the beginning. */
  int requested() {
    return requested.get();
  }

  /** Returns what was sent, in order. */
  List<BatchSendResponse> responses() {
    return List.copyOf(responses);
  }

  /** Returns the results that were sent, in order. */
  List<BatchItemResult> results() {
    return responses().stream()
        .filter(BatchSendResponse::hasResult)
        .map(BatchSendResponse::getResult)
        .toList();
  }

  /** Returns the summary, which must be the last answer. */
  BatchSummary summary() {
    List<BatchSendResponse> all = responses();
    assertThat(all).isNotEmpty();
    assertThat(all.subList(0, all.size() - 1)).allMatch(BatchSendResponse::hasResult);
    assertThat(all.get(all.size() - 1).hasSummary()).as("the last answer is the summary").isTrue();
    return all.get(all.size() - 1).getSummary();
  }

  boolean isCompleted() {
    return completed;
  }

  /** Returns the error that the stream ended with; null if it did not end with one. */
  @Nullable StatusRuntimeException error() {
    return (StatusRuntimeException) error.get();
  }

  boolean isOver() {
    return completed || error.get() != null;
  }

  /** Checks that the server followed the rules. */
  void assertRulesWereKept() {
    assertThat(offences).isEmpty();
  }

  @Override
  public void onNext(BatchSendResponse response) {
    Error broken = fault;
    if (broken != null) {
      throw broken;
    }
    alone(
        () -> {
          LockSupport.parkNanos(1_000); // Gives a second thread time to enter, if it can.
          responses.add(response);
        });
  }

  @Override
  public void onError(Throwable fault) {
    alone(() -> error.set(fault));
  }

  @Override
  public void onCompleted() {
    alone(() -> completed = true);
  }

  private void alone(Runnable action) {
    if (inside.getAndIncrement() != 0) {
      offences.add("two threads at a time");
    }
    if (isOver()) {
      offences.add("an answer after the end");
    }
    action.run();
    inside.decrementAndGet();
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void request(int count) {
    requested.addAndGet(count);
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public void disableAutoInboundFlowControl() {
    throw new UnsupportedOperationException("items are requested by hand from the start");
  }

  @Override
  public void disableAutoRequest() {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
