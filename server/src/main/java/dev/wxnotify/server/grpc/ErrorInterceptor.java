package dev.wxnotify.server.grpc;

import dev.wxnotify.v1.Outcome;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last net: a stray exception becomes INTERNAL_ERROR with the details that every error has, and
 * its text goes to the log only. A call is closed once.
 */
final class ErrorInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(ErrorInterceptor.class);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CloseOnce<Q, R> closeOnce = new CloseOnce<>(call);
    try {
      return new Guarded<>(next.startCall(closeOnce, headers), closeOnce);
    } catch (RuntimeException e) {
      closeOnce.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class CloseOnce<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean closed;

    CloseOnce(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }

    /** Nobody knows how far the call came, so nobody may call the message unsent. */
    void fail(RuntimeException fault) {
      log.error("a call of {} broke", getMethodDescriptor().getFullMethodName(), fault);
      StatusRuntimeException error = Statuses.of(SendErrors.internal(Outcome.OUTCOME_UNKNOWN));
      Metadata trailers = error.getTrailers();
      close(error.getStatus(), trailers == null ? new Metadata() : trailers);
    }
  }

  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final CloseOnce<Q, ?> call;

    Guarded(ServerCall.Listener<Q> delegate, CloseOnce<Q, ?> call) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onCancel() {
      guard(super::onCancel);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    private void guard(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }
}
