package dev.wxnotify.server.testing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/**
 * A deadline that only the server hears of, as gRPC tells it on the wire. The caller's own clock
 * runs beside the server's and may win, however early the server answers, on a machine that stands
 * still for a moment; a caller without one hears what the server says, or nothing.
 */
public final class ServerDeadline implements ClientInterceptor {
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final Duration timeout;

  /** Has each call of a stub without a deadline end within {@code timeout}, in milliseconds. */
  public ServerDeadline(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        headers.put(TIMEOUT, timeout.toMillis() + "m");
        super.start(listener, headers);
      }
    };
  }
}
