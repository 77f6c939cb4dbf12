package dev.wxnotify.server.wechat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.resolver.SimpleNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers name look-ups as a test scripts them, and never those of unknown names. */
final class ScriptedNames extends AddressResolverGroup<InetSocketAddress> {
  @GuardedBy("this")
  private final Map<String, List<InetAddress>> known = new HashMap<>();

  @GuardedBy("this")
  private final List<String> asked = new ArrayList<>();

  /** Answers with these addresses from now on. */
  synchronized ScriptedNames with(String name, String... addresses) throws UnknownHostException {
    List<InetAddress> all = new ArrayList<>();
    for (String address : addresses) {
      all.add(InetAddress.getByAddress(name, InetAddress.getByName(address).getAddress()));
    }
    known.put(name, all);
    return this;
  }

  /** Returns the names that were looked up, in order. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private synchronized void answer(String name, Promise<List<InetAddress>> promise)
      throws UnknownHostException {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(name);
    if (literal != null) {
      promise.setSuccess(List.of(InetAddress.getByAddress(literal)));
      return;
    }
    asked.add(name);
    List<InetAddress> addresses = known.get(name);
    if (addresses != null) {
      promise.setSuccess(addresses);
    }
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
    return new InetSocketAddressResolver(
        loop,
        new SimpleNameResolver<>(loop) {
          @Override
          protected void doResolve(String name, Promise<InetAddress> promise) {
            throw new AssertionError("one address is not enough");
          }

          @Override
          protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
              throws UnknownHostException {
            answer(name, promise);
          }
        });
  }
}
