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
 * One stream of a batch, and the items that are on it without a result. Belongs to the batch's
 * thread; what gRPC says arrives on gRPC's threads and is handed on to {@link Events}.
 */
final class StreamCall {
  /** Answers that may wait for the batch's thread; what is more waits in the server. */
  private static final int PREFETCH = 128;

  private final ClientCall<BatchSendRequest, BatchSendResponse> call;
  private final WrittenMessages written = new WrittenMessages();

  /** By their place on this stream. */
  private final TreeMap<Long, BatchItem> unanswered = new TreeMap<>();

  private long sent;
  private boolean answered;
  private boolean everReady;
  private boolean halfClosed;
  private boolean left;

  /** What gRPC says of a stream, on any thread, one word at a time. None of it may block. */
  interface Events {
    void onAnswer(StreamCall stream, BatchSendResponse answer);

    void onReady();

    void onClosed(StreamCall stream, Status status, Metadata trailers);
  }

  StreamCall(Channel channel, CallOptions options, Events events) {
    // On gRPC's own thread: all that happens there is that an event is queued.
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

  /** Whether the service has answered any item, and so has not refused the stream. */
  boolean wasAnswered() {
    return answered;
  }

  void send(BatchItem item) {
    unanswered.put(sent, item);
    sent++;
    call.sendMessage(item.request);
  }

  /** Returns the item of an answer; null if it has had one, or was never sent. */
  @Nullable BatchItem answer(long index) {
    answered = true;
    return unanswered.remove(index);
  }

  /** An answer was worked on: the next one may come. */
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
   * Nothing more is sent on it: the server is about to end it, and will say what it did not take.
   */
  void leave() {
    left = true;
  }

  boolean isLeft() {
    return left;
  }

  /** Whether it was ended in peace: nothing is sent on it any more. */
  boolean isHalfClosed() {
    return halfClosed;
  }

  boolean isAllAnswered() {
    return unanswered.isEmpty();
  }

  void cancel(String why) {
    call.cancel(why, null);
  }

  /** Takes out the items that surely were not written, in their order. */
  List<BatchItem> takeUnwritten() {
    return take(written.count());
  }

  /** Takes out all items without a result, in their order. */
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
