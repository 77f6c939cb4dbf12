package dev.wxnotify.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the one target {@link #TARGET} to a list of servers that the caller gave. Names among
 * them are looked up each time that gRPC asks, on its executor for what blocks.
 */
final class StaticAddresses extends NameResolverProvider {
  static final String TARGET = "wxnotify-static:///";

  private static final String SCHEME = "wxnotify-static";
  private static final int PRIORITY = 5;

  private final List<InetSocketAddress> addresses;

  private StaticAddresses(List<InetSocketAddress> addresses) {
    this.addresses = addresses;
  }

  /** Returns a registry of its own for one channel, so that nothing global is changed. */
  static NameResolverRegistry registry(List<InetSocketAddress> addresses) {
    NameResolverRegistry registry = new NameResolverRegistry();
    registry.register(new StaticAddresses(addresses));
    return registry;
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return target.getScheme().equals(SCHEME) ? new Resolver(args) : null;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Collections.singleton(InetSocketAddress.class);
  }

  private List<EquivalentAddressGroup> lookUp() throws UnknownHostException {
    List<EquivalentAddressGroup> found = new ArrayList<>();
    UnknownHostException failure = null;
    for (InetSocketAddress address : addresses) {
      try {
        found.add(new EquivalentAddressGroup(resolved(address)));
      } catch (UnknownHostException e) {
        failure = e; // The others may do.
      }
    }
    if (found.isEmpty() && failure != null) {
      throw failure;
    }
    return found;
  }

  private static InetSocketAddress resolved(InetSocketAddress address) throws UnknownHostException {
    return address.isUnresolved()
        ? new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort())
        : address;
  }

  private final class Resolver extends NameResolver {
    private final Executor blocking;
    private @Nullable Listener2 listener;

    Resolver(NameResolver.Args args) {
      Executor offload = args.getOffloadExecutor();
      this.blocking = offload == null ? Runnable::run : offload;
    }

    @Override
    public String getServiceAuthority() {
      InetSocketAddress first = addresses.get(0);
      return first.getHostString() + ":" + first.getPort();
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 told = listener;
      if (told != null) {
        blocking.execute(() -> tell(told));
      }
    }

    private void tell(Listener2 told) {
      StatusOr<List<EquivalentAddressGroup>> found;
      try {
        found = StatusOr.fromValue(lookUp());
      } catch (UnknownHostException e) {
        found =
            StatusOr.fromStatus(
                Status.UNAVAILABLE.withDescription("no server name can be resolved").withCause(e));
      }
      told.onResult(ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }

    @Override
    public void shutdown() {}
  }
}
