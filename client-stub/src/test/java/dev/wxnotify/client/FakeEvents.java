package dev.wxnotify.client;

import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc.EventServiceImplBase;
import dev.wxnotify.v1.Heartbeat;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.IngestPushResponse;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Events with cursors "1", "2", …, which every watch gets from its cursor on. */
final class FakeEvents extends EventServiceImplBase {
  final List<WatchEventsRequest> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger cancelled = new AtomicInteger();

  /** What the next watches end with at once. */
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** Whether watches are answered at all. */
  volatile boolean silent;

  private int last;
  private final List<ServerCallStreamObserver<WatchEventsResponse>> watches = new ArrayList<>();

  @Override
  public void watchEvents(
      WatchEventsRequest request, StreamObserver<WatchEventsResponse> responses) {
    var watch = (ServerCallStreamObserver<WatchEventsResponse>) responses;
    watch.setOnCancelHandler(() -> left(watch));
    synchronized (this) {
      requests.add(request);
      Throwable failure = failures.poll();
      if (failure != null) {
        watch.onError(failure);
        return;
      }
      if (silent) {
        return;
      }
      int from = request.getCursor().isEmpty() ? last : Integer.parseInt(request.getCursor());
      watch.onNext(heartbeat(from));
      for (int i = from + 1; i <= last; i++) {
        watch.onNext(event(i));
      }
      watches.add(watch);
    }
  }

  private synchronized void left(ServerCallStreamObserver<WatchEventsResponse> watch) {
    watches.remove(watch);
    cancelled.incrementAndGet();
  }

  private static WatchEventsResponse heartbeat(int place) {
    return WatchEventsResponse.newBuilder()
        .setHeartbeat(Heartbeat.newBuilder().setCursor(Integer.toString(place)))
        .build();
  }

  private static WatchEventsResponse event(int number) {
    return WatchEventsResponse.newBuilder()
        .setEvent(Event.newBuilder().setCursor(Integer.toString(number)))
        .build();
  }

  /** Sends the next events to all watches. */
  synchronized void publish(int count) {
    for (int i = 0; i < count; i++) {
      last++;
      watches.forEach(watch -> watch.onNext(event(last)));
    }
  }

  /** Ends all watches; null for an end without an error. */
  synchronized void end(@Nullable Throwable why) {
    for (var watch : watches) {
      if (why == null) {
        watch.onCompleted();
      } else {
        watch.onError(why);
      }
    }
    watches.clear();
  }

  synchronized int open() {
    return watches.size();
  }

  @Override
  public void ingestPush(IngestPushRequest request, StreamObserver<IngestPushResponse> responses) {
    responses.onNext(
        IngestPushResponse.newBuilder().setBody(request.getBody()).setHandled(true).build());
    responses.onCompleted();
  }
}
