package dev.wxnotify.client;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a batch, and the items on it without a result. Used by the batch's thread only;
 * gRPC's callbacks arrive on gRPC's threads and are passed on to {@link Events}.
 */
final class StreamCall {
  /** Answers that may wait for the batch's thread; further ones wait in the server. */
  private static final int PREFETCH = 128;

  private final ClientCall<BatchSendRequest, BatchSendResponse> call;
  private final WrittenMessages written = new WrittenMessages();

  /** By their position on this stream. */
  private final TreeMap<Long, BatchItem> unanswered = new TreeMap<>();

  private long sent;
  private boolean answered;
  private boolean everReady;
  private boolean halfClosed;
  private boolean left;

  /** The events of a stream, on any thread, one at a time. The methods must not block. */
  interface Events {
    void onAnswer(StreamCall stream, BatchSendResponse answer);

    void onReady();

    void onClosed(StreamCall stream, Status status, Metadata trailers);
  }

  StreamCall(Channel channel, CallOptions options, Events events) {
    // On gRPC's own thread: the listener only queues an event there.
    CallOptions watched = written.watch(options).withExecutor(Runnable::run);
    this.call = channel.newCall(NotificationServiceGrpc.getBatchSendMethod(), watched);
    call.start(new Listener(events), new Metadata());
    call.request(PREFETCH);
  }

  boolean isReady() {
    boolean ready = call.isReady();
    everReady |= ready;
    return ready;
  }

  /** Whether there was a connection for it at any time. */
  boolean wasEverReady() {
    return everReady;
  }

  /** Whether anything of it was given to a connection. */
  boolean wasWritten() {
    return written.count() > 0;
  }

  /** Whether the service has answered any item, and so has not rejected the stream. */
  boolean wasAnswered() {
    return answered;
  }

  void send(BatchItem item) {
    unanswered.put(sent, item);
    sent++;
    call.sendMessage(item.request);
  }

  /** Returns the item of an answer; null if it already has one, or was never sent. */
  @Nullable BatchItem answer(long index) {
    answered = true;
    return unanswered.remove(index);
  }

  /** Requests the next answer, after one was handled. */
  void requestNext() {
    call.request(1);
  }

  void halfClose() {
    if (!halfClosed) {
      halfClosed = true;
      call.halfClose();
    }
  }

  /**
   * Stops sending on it: the server is about to end it, and will report the items that it did not
   * take.
   */
  void leave() {
    left = true;
  }

  boolean isLeft() {
    return left;
  }

  /** Whether the client has half-closed it: nothing is sent on it any more. */
  boolean isHalfClosed() {
    return halfClosed;
  }

  boolean isAllAnswered() {
    return unanswered.isEmpty();
  }

  void cancel(String why) {
    call.cancel(why, null);
  }

  /** Removes the items that were certainly not written, in their order. */
  List<BatchItem> takeUnwritten() {
    return take(written.count());
  }

  /** Removes all items without a result, in their order. */
  List<BatchItem> takeUnanswered() {
    return take(0);
  }

  private List<BatchItem> take(long from) {
    Map<Long, BatchItem> part = unanswered.tailMap(from);
    List<BatchItem> items = new ArrayList<>(part.values());
    part.clear();
    return items;
  }

  private final class Listener extends ClientCall.Listener<BatchSendResponse> {
    private final Events events;

    Listener(Events events) {
      this.events = events;
    }

    @Override
    public void onMessage(BatchSendResponse answer) {
      events.onAnswer(StreamCall.this, answer);
    }

    @Override
    public void onReady() {
      events.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      events.onClosed(StreamCall.this, status, trailers);
    }
  }
}
