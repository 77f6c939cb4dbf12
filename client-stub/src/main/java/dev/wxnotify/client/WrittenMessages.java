package dev.wxnotify.client;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests of one call that were given to a connection. A request that was not given to
 * one is certainly not sent; the state of the others is unknown until they are answered.
 *
 * <p>A call waits for a connection inside gRPC, and may move to another connection until the server
 * has seen it. Then this is the largest count of any connection.
 */
final class WrittenMessages extends ClientStreamTracer.Factory {
  private final AtomicLong count = new AtomicLong();

  /** Returns options that make a call count here. */
  CallOptions watch(CallOptions options) {
    return options.withStreamTracerFactory(this);
  }

  /** Returns how many requests, from the first one on, may have been written. */
  long count() {
    return count.get();
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void outboundMessage(int sequenceNumber) {
        count.accumulateAndGet(sequenceNumber + 1L, Math::max);
      }
    };
  }
}
