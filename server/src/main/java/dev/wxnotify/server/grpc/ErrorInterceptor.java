package dev.wxnotify.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last net: a stray exception becomes INTERNAL_ERROR with the details that every error has, and
 * its text goes to the log only. A request that cannot be parsed, or grows too large while it is,
 * becomes INVALID_REQUEST. A call is closed once, and what it has under way is cancelled then.
 */
final class ErrorInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(ErrorInterceptor.class);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CloseOnce<Q, R> closeOnce = new CloseOnce<>(call);
    try {
      return new Guarded<>(next.startCall(closeOnce, headers), closeOnce);
    } catch (Throwable e) {
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

    void fail(Throwable fault) {
      Statuses.close(this, errorFor(fault));
    }

    private SendError errorFor(Throwable fault) {
      if (fault.getCause() instanceof InvalidProtocolBufferException invalid) {
        log.debug("a request cannot be parsed", invalid);
        return SendErrors.unreadable(
            getMethodDescriptor(),
            Objects.requireNonNullElse(invalid.getMessage(), "not protobuf"));
      }
      if (fault instanceof StatusRuntimeException of && isTooLarge(of)) {
        return SendErrors.tooLarge(getMethodDescriptor(), GrpcServer.MAX_REQUEST);
      }
      log.error(
          "a call of {} failed unexpectedly", getMethodDescriptor().getFullMethodName(), fault);
      // Nobody knows how far the call came, so nobody may call the message unsent.
      return SendErrors.internal(Outcome.OUTCOME_UNKNOWN);
    }
  }

  /** So gRPC says, in the midst of reading, of a message that is too large without compression. */
  private static boolean isTooLarge(StatusRuntimeException fault) {
    return fault.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final CloseOnce<Q, ?> call;
    private boolean broken;

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

    /** gRPC calls one at a time, and goes on calling after the call was closed. */
    private void guard(Runnable step) {
      if (broken) {
        return;
      }
      try {
        step.run();
      } catch (Throwable e) {
        broken = true;
        call.fail(e);
        cancelWhatIsUnderWay();
      }
    }

    /** Of a call that the server itself closed, the handler would never hear. */
    private void cancelWhatIsUnderWay() {
      try {
        super.onCancel();
      } catch (Throwable e) {
        log.error("a failed call could not be cancelled", e);
      }
    }
  }
}
