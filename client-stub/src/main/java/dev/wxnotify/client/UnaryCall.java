package dev.wxnotify.client;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One running call. Cancelling this future cancels the call. */
final class UnaryCall<Q extends MessageLite, R> extends CompletableFuture<R> {
  private final WrittenMessages written = new WrittenMessages();
  private final ClientCall<Q, R> call;
  private final boolean repeatable;

  private UnaryCall(
      Channel channel, MethodDescriptor<Q, R> method, CallOptions options, boolean repeatable) {
    this.call = channel.newCall(method, written.watch(options));
    this.repeatable = repeatable;
  }

  /**
   * Begins a call.
   *
   * @param repeatable whether a repeat cannot send the message twice
   */
  static <Q extends MessageLite, R> UnaryCall<Q, R> start(
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Q request,
      boolean repeatable) {
    UnaryCall<Q, R> started = new UnaryCall<>(channel, method, options, repeatable);
    int bytes = request.getSerializedSize();
    if (bytes > Failures.MAX_REQUEST) {
      started.completeExceptionally(new SendException(Failures.tooLarge(bytes), null));
    } else {
      started.begin(request);
    }
    return started;
  }

  /** Begins a call that may be repeated, and takes {@code within} at most. */
  static <Q extends MessageLite, R> UnaryCall<Q, R> start(
      Channel channel,
      CallOptions options,
      MethodDescriptor<Q, R> method,
      Q request,
      Duration within) {
    return start(
        channel,
        method,
        options.withDeadlineAfter(within.toNanos(), TimeUnit.NANOSECONDS),
        request,
        true);
  }

  private void begin(Q request) {
    call.start(new Answer(), new Metadata());
    call.request(2); // One more than expected, to detect a server that sends two.
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      call.cancel("cancelled by the caller", null);
    }
    return cancelled;
  }

  /**
   * Waits for the answer.
   *
   * @throws SendException if the message was not accepted, or the thread is interrupted; then the
   *     call is cancelled and the thread stays interrupted
   */
  R await() {
    try {
      return get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SendException) {
        throw (SendException) e.getCause();
      }
      throw new AssertionError("a call fails in one way only", e);
    } catch (InterruptedException e) {
      call.cancel("the waiting thread was interrupted", e);
      Thread.currentThread().interrupt();
      Status status = Status.CANCELLED.withDescription("the waiting thread was interrupted");
      throw new SendException(Failures.ofStatus(status, null, written.count() > 0, repeatable), e);
    }
  }

  private void fail(Status status, @Nullable Metadata trailers) {
    completeExceptionally(
        new SendException(
            Failures.ofStatus(status, trailers, written.count() > 0, repeatable),
            new StatusRuntimeException(status, trailers)));
  }

  private final class Answer extends ClientCall.Listener<R> {
    private @Nullable R response;

    @Override
    public void onMessage(R message) {
      response = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      R value = response;
      if (!status.isOk()) {
        fail(status, trailers);
      } else if (value == null) {
        fail(Status.INTERNAL.withDescription("the server sent no answer"), trailers);
      } else {
        complete(value);
      }
    }
  }
}
