package dev.wxnotify.server.testing;

import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.BatchSendResponse;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Checks every answer of the service as it arrives at the client, and records each that breaks a
 * rule of the contract: an error without its details, or one that contradicts itself.
 *
 * <p>It runs in the client, so that it also detects an error that was lost or lost its details on
 * the way. Calls that the client itself cancelled have no answer to check.
 */
final class ConformanceInterceptor implements ClientInterceptor {
  private final List<String> offences = new CopyOnWriteArrayList<>();

  /** Returns the recorded violations, in the order of arrival. */
  List<String> offences() {
    return List.copyOf(offences);
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    ClientCall<Q, R> call = next.newCall(method, options);
    return NotificationServiceGrpc.SERVICE_NAME.equals(method.getServiceName())
        ? new Watched<>(call, method.getFullMethodName())
        : call;
  }

  private final class Watched<Q, R> extends SimpleForwardingClientCall<Q, R> {
    private final String method;
    private final AtomicBoolean cancelled = new AtomicBoolean();

    Watched(ClientCall<Q, R> call, String method) {
      super(call);
      this.method = method;
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      cancelled.set(true);
      super.cancel(message, cause);
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      super.start(
          new SimpleForwardingClientCallListener<R>(listener) {
            @Override
            public void onMessage(R message) {
              if (message instanceof BatchSendResponse response && response.hasResult()) {
                check(response.getResult());
              }
              super.onMessage(message);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              if (!status.isOk() && !cancelled.get()) {
                ErrorDetails.offencesOf(status, trailers)
                    .forEach(offence -> offences.add(method + ": " + offence + " in " + status));
              }
              super.onClose(status, trailers);
            }
          },
          headers);
    }

    private void check(BatchItemResult result) {
      boolean accepted = result.getOutcome() == Outcome.OUTCOME_ACCEPTED;
      if (accepted == result.hasError()) {
        offences.add(method + ": an error, or none, against the outcome in " + result);
      } else if (!accepted) {
        ErrorDetails.offencesOf(result.getError(), result.getOutcome())
            .forEach(offence -> offences.add(method + ": " + offence + " in " + result));
      }
    }
  }
}
