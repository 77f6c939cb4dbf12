package dev.wxnotify.server.grpc;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A watch over a real connection. */
final class WatchCall implements ClientResponseObserver<WatchEventsRequest, WatchEventsResponse> {
  private final List<WatchEventsResponse> responses =
      Collections.synchronizedList(new ArrayList<>());

  /** How many of the responses have an event. */
  private final AtomicInteger events = new AtomicInteger();

  private final CompletableFuture<StatusRuntimeException> error = new CompletableFuture<>();
  private final boolean reads;
  private @Nullable ClientCallStreamObserver<WatchEventsRequest> call;

  private WatchCall(boolean reads) {
    this.reads = reads;
  }

  static WatchCall open(Channel channel, WatchEventsRequest request) {
    WatchCall watch = new WatchCall(true);
    EventServiceGrpc.newStub(channel).watchEvents(request, watch);
    return watch;
  }

  /** Opens a watch of which nothing is ever read. */
  static WatchCall openUnread(Channel channel, WatchEventsRequest request) {
    WatchCall watch = new WatchCall(false);
    EventServiceGrpc.newStub(channel).watchEvents(request, watch);
    return watch;
  }

  /** Waits for the first heartbeat. */
  WatchCall begun() throws Exception {
    Await.until("the first heartbeat", () -> !responses.isEmpty() || error.isDone());
    return this;
  }

  List<Event> awaitEvents(int count) throws Exception {
    Await.until(() -> count + " events, not " + events, () -> events.get() >= count);
    return events();
  }

  List<Event> events() {
    return responses().stream()
        .filter(WatchEventsResponse::hasEvent)
        .map(WatchEventsResponse::getEvent)
        .toList();
  }

  List<WatchEventsResponse> responses() {
    synchronized (responses) {
      return List.copyOf(responses);
    }
  }

  StatusRuntimeException awaitError() throws Exception {
    return Await.result(error);
  }

  void cancel() {
    Objects.requireNonNull(call).cancel("the test cancels", null);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchEventsRequest> started) {
    call = started;
    if (!reads) {
      started.disableAutoRequestWithInitial(0);
    }
  }

  @Override
  public void onNext(WatchEventsResponse response) {
    responses.add(response);
    if (response.hasEvent()) {
      events.incrementAndGet();
    }
  }

  @Override
  public void onError(Throwable fault) {
    error.complete((StatusRuntimeException) fault);
  }

  @Override
  public void onCompleted() {
    error.completeExceptionally(new AssertionError("no watch completes"));
  }
}
