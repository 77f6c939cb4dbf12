package dev.wxnotify.server.grpc;

import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a watch, as the server sees it. It takes answers while the test allows it,
 * and records every violation of an observer's rules.
 */
final class FakeWatcher extends ServerCallStreamObserver<WatchEventsResponse> {
  private final List<WatchEventsResponse> responses = new CopyOnWriteArrayList<>();
  private final List<String> offences = new CopyOnWriteArrayList<>();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger room = new AtomicInteger(Integer.MAX_VALUE / 2);
  private volatile @Nullable Throwable error;
  private volatile Runnable onReady = () -> {};
  private volatile Runnable onCancel = () -> {};

  /** Takes this many answers from now on. */
  void takeOnly(int answers) {
    room.set(answers);
  }

  /** Takes this many more answers. */
  void take(int answers) {
    if (room.getAndAdd(answers) <= 0) {
      onReady.run();
    }
  }

  void cancelCall() {
    onCancel.run();
  }

  List<WatchEventsResponse> responses() {
    return List.copyOf(responses);
  }

  List<Event> events() {
    return responses.stream()
        .filter(WatchEventsResponse::hasEvent)
        .map(WatchEventsResponse::getEvent)
        .toList();
  }

  /** Returns the cursors of the heartbeats. */
  List<String> heartbeats() {
    return responses.stream()
        .filter(WatchEventsResponse::hasHeartbeat)
        .map(response -> response.getHeartbeat().getCursor())
        .toList();
  }

  @Nullable StatusRuntimeException error() {
    return (StatusRuntimeException) error;
  }

  List<String> offences() {
    return List.copyOf(offences);
  }

  @Override
  public void onNext(WatchEventsResponse response) {
    if (inside.getAndIncrement() != 0) {
      offences.add("two threads at a time");
    }
    if (error != null) {
      offences.add("an answer after the end");
    }
    room.decrementAndGet();
    responses.add(response);
    inside.decrementAndGet();
  }

  @Override
  public void onError(Throwable fault) {
    if (error != null) {
      offences.add("two ends");
    }
    error = fault;
  }

  @Override
  public void onCompleted() {
    offences.add("no watch completes");
  }

  @Override
  public boolean isReady() {
    return room.get() > 0;
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
  public void request(int count) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
