package dev.wxnotify.server.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses connections beyond a number, each of which costs memory whether or not it is used. */
final class ConnectionLimit extends ServerTransportFilter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
  private static final Attributes.Key<Boolean> COUNTED = Attributes.Key.create("wxnotify-counted");

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimit(int most) {
    this.most = most;
  }

  /** Throws for a connection too many, which makes gRPC close it. */
  @Override
  public Attributes transportReady(Attributes attributes) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      log.debug("refused a connection: there are {} already", most);
      throw new IllegalStateException("too many connections");
    }
    return attributes.toBuilder().set(COUNTED, true).build();
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    if (attributes != null && attributes.get(COUNTED) != null) {
      open.decrementAndGet();
    }
  }
}
