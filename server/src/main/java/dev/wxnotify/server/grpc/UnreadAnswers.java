package dev.wxnotify.server.grpc;

import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory that the streams of callers that do not read can take, over all streams: the
 * window of HTTP/2 bounds one stream only.
 *
 * <p>A stream holds the items that were read and have no result yet, and the results that gRPC
 * could not write. As long as there is room in the share of its connection, a stream runs at full
 * speed. Without room, a stream whose results are not read is not read either, and gives gRPC one
 * result at a time. It continues when that one is written, so that no stream stalls forever.
 *
 * <p>As an interceptor it is the innermost one; as a filter it gives each connection its share.
 */
final class UnreadAnswers extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<SharedRoom.Share> SHARE =
      Attributes.Key.create("wxnotify-unread-answers");

  /** The limit of one stream, so that its results wait where they can be counted. */
  private static final long MOST_UNWRITTEN = 256 * CallerMemory.RESULT;

  private final SharedRoom room;

  UnreadAnswers(SharedRoom room) {
    this.room = room;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(SHARE, room.open()).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    SharedRoom.Share share = attributes == null ? null : attributes.get(SHARE);
    if (share != null) {
      share.close();
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    SharedRoom.Share share = call.getAttributes().get(SHARE);
    if (share == null || call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers); // An open call's size includes its one answer.
    }
    call.setOnReadyThreshold(1); // Ready means that gRPC has written everything.
    Stream<Q, R> stream = new Stream<>(call, share);
    return new Reading<>(next.startCall(stream, headers), stream);
  }

  /** A stream, and the memory that it holds. */
  private static final class Stream<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final SharedRoom.Share share;

    /** The items that were read, minus the results that were passed to gRPC. */
    private final AtomicLong unanswered = new AtomicLong();

    /** Bytes of the results that gRPC may not have written. */
    private final AtomicLong unwritten = new AtomicLong();

    /** Items that were requested while there was no room. */
    private final AtomicInteger putOff = new AtomicInteger();

    private volatile boolean over;

    Stream(ServerCall<Q, R> call, SharedRoom.Share share) {
      super(call);
      this.share = share;
    }

    @Override
    public void request(int items) {
      if (mayHoldMore()) {
        super.request(items);
      } else {
        putOff.addAndGet(items);
        if (isReady()) { // It may have become ready meanwhile, without another event.
          goOn();
        }
      }
    }

    private boolean mayHoldMore() {
      return super.isReady() || share.hasRoomFor(CallerMemory.ITEM);
    }

    private void goOn() {
      int items = putOff.getAndSet(0);
      if (items > 0) {
        super.request(items);
      }
    }

    void received() {
      unanswered.incrementAndGet();
      share.take(CallerMemory.ITEM);
    }

    @Override
    public void sendMessage(R result) {
      if (unanswered.getAndUpdate(items -> Math.max(0, items - 1)) > 0) {
        share.give(CallerMemory.ITEM);
      }
      if (!over) {
        unwritten.addAndGet(CallerMemory.RESULT);
        share.take(CallerMemory.RESULT);
      }
      super.sendMessage(result);
    }

    @Override
    public boolean isReady() {
      if (super.isReady()) {
        share.give(unwritten.getAndSet(0));
        return true;
      }
      return !over && unwritten.get() < MOST_UNWRITTEN && share.hasRoomFor(CallerMemory.RESULT);
    }

    void ready() {
      if (isReady()) {
        goOn();
      }
    }

    /** The stream holds nothing any more. */
    void ended() {
      over = true;
      share.give(unwritten.getAndSet(0));
      share.give(unanswered.getAndSet(0) * CallerMemory.ITEM);
    }
  }

  private static final class Reading<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Stream<Q, ?> stream;

    Reading(ServerCall.Listener<Q> listener, Stream<Q, ?> stream) {
      super(listener);
      this.stream = stream;
    }

    @Override
    public void onMessage(Q item) {
      stream.received();
      super.onMessage(item);
    }

    @Override
    public void onReady() {
      stream.ready();
      super.onReady();
    }

    @Override
    public void onCancel() {
      stream.ended();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      stream.ended();
      super.onComplete();
    }
  }
}
