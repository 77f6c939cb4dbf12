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
 * A deadline that only the server receives, in gRPC's form on the wire. A caller's own clock runs
 * beside the server's and may win on a machine that stalls for a moment, however early the server
 * answers. A caller without a deadline receives the server's answer, or nothing.
 */
public final class ServerDeadline implements ClientInterceptor {
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final Duration timeout;

  /** Makes each call of a stub without a deadline end within {@code timeout}, in milliseconds. */
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
