package dev.wxnotify.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Watches all events, and moves to the next replica after every {@link #STAY} of them and whenever
 * a replica ends the watch; it resumes with the last cursor that it got.
 */
final class RovingWatcher implements AutoCloseable {
  private static final int STAY = 97;

  private final IntFunction<ManagedChannel> channels;
  private final Thread thread = new Thread(this::run, "roving-watcher");
  private volatile boolean closed;

  @GuardedBy("this")
  private final List<Event> events = new ArrayList<>();

  @GuardedBy("this")
  private int moves;

  @GuardedBy("this")
  private String lastEnd = "none has ended";

  private RovingWatcher(IntFunction<ManagedChannel> channels) {
    this.channels = channels;
  }

  /**
   * Starts to watch from now on; returns when the first watch is open.
   *
   * @param channels a channel to a replica, by the number of moves
   */
  static RovingWatcher over(IntFunction<ManagedChannel> channels) throws Exception {
    RovingWatcher watcher = new RovingWatcher(channels);
    watcher.thread.setDaemon(true);
    watcher.thread.start();
    Await.until(() -> "a watch, but: " + watcher.lastEnd(), () -> watcher.moves() > 0);
    return watcher;
  }

  private void run() {
    String cursor = "";
    for (int i = 0; !closed; i++) {
      cursor = watch(channels.apply(i), cursor);
    }
  }

  /** Returns the last cursor. */
  private String watch(ManagedChannel channel, String from) {
    String cursor = from;
    CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      Iterator<WatchEventsResponse> answers =
          EventServiceGrpc.newBlockingStub(channel)
              .watchEvents(WatchEventsRequest.newBuilder().setCursor(cursor).build());
      for (int seen = 0; seen < STAY && !closed; ) {
        WatchEventsResponse answer = answers.next();
        if (answer.hasEvent()) {
          add(answer.getEvent());
          cursor = answer.getEvent().getCursor();
          seen++;
        } else {
          cursor = answer.getHeartbeat().getCursor();
          begun();
        }
      }
    } catch (StatusRuntimeException e) {
      ended(e); // The replica was killed, or its journal is away: the next one.
    } finally {
      context.detach(before);
      context.cancel(null);
    }
    return cursor;
  }

  private synchronized void begun() {
    moves++;
  }

  private synchronized void ended(StatusRuntimeException why) {
    lastEnd = why.toString();
  }

  private synchronized String lastEnd() {
    return lastEnd;
  }

  private synchronized void add(Event event) {
    events.add(event);
  }

  /** Returns the events in the order in which they came. */
  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /** Returns how often a watch was begun. */
  synchronized int moves() {
    return moves;
  }

  @Override
  public void close() {
    closed = true;
  }
}
