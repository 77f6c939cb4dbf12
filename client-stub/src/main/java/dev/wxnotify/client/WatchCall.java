package dev.wxnotify.client;

import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * One stream of a watch. Used by the watch's thread only; gRPC's callbacks arrive on gRPC's threads
 * and are passed on to {@link Events}.
 */
final class WatchCall {
  /** Answers that may wait for the watch's thread; further ones wait in the server. */
  private static final int PREFETCH = 64;

  private final WrittenMessages written = new WrittenMessages();
  private final ClientCall<WatchEventsRequest, WatchEventsResponse> call;
  private boolean answered;

  /** The events of a stream, on any thread, one at a time. The methods must not block. */
  interface Events {
    void onAnswer(WatchCall stream, WatchEventsResponse answer);

    void onClosed(WatchCall stream, Status status, Metadata trailers);
  }

  WatchCall(Channel channel, CallOptions options, WatchEventsRequest request, Events events) {
    // On gRPC's own thread: the listener only queues an event there.
    CallOptions watched = written.watch(options).withExecutor(Runnable::run);
    this.call = channel.newCall(EventServiceGrpc.getWatchEventsMethod(), watched);
    call.start(
        new ClientCall.Listener<WatchEventsResponse>() {
          @Override
          public void onMessage(WatchEventsResponse answer) {
            events.onAnswer(WatchCall.this, answer);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            events.onClosed(WatchCall.this, status, trailers);
          }
        },
        new Metadata());
    call.request(PREFETCH);
    call.sendMessage(request);
    call.halfClose();
  }

  /** Whether anything of it was given to a connection. */
  boolean wasWritten() {
    return written.count() > 0;
  }

  /** Whether the service has answered, and so has taken the request. */
  boolean wasAnswered() {
    return answered;
  }

  void answered() {
    answered = true;
  }

  /** Requests the next answer, after one was handled. */
  void requestNext() {
    call.request(1);
  }

  void cancel(String why) {
    call.cancel(why, null);
  }
}
