package dev.wxnotify.server.wechat;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.asynchttpclient.channel.ChannelPool;
import org.jspecify.annotations.Nullable;

/**
 * Idle connections, kept apart by the event loop that they belong to. A request is given one of the
 * loop that it is made on, so that no other thread has to be woken for it; where none of those is
 * idle, one of another loop.
 */
final class ConnectionPool implements ChannelPool {
  private final List<OfLoop> pools = new ArrayList<>();

  private record OfLoop(EventExecutor loop, ChannelPool idle) {}

  /**
   * Creates an empty pool.
   *
   * @param loops of all connections
   * @param perLoop makes what keeps those of one loop
   */
  ConnectionPool(EventExecutorGroup loops, Supplier<ChannelPool> perLoop) {
    loops.forEach(loop -> pools.add(new OfLoop(loop, perLoop.get())));
  }

  @Override
  public boolean offer(Channel connection, Object partition) {
    return poolOf(connection).offer(connection, partition);
  }

  private ChannelPool poolOf(Channel connection) {
    for (OfLoop each : pools) {
      if (each.loop == connection.eventLoop()) {
        return each.idle;
      }
    }
    throw new IllegalArgumentException("a connection of another event loop");
  }

  @Override
  public @Nullable Channel poll(Object partition) {
    for (OfLoop each : pools) {
      if (each.loop.inEventLoop()) {
        Channel near = each.idle.poll(partition);
        return near == null ? pollAny(partition) : near;
      }
    }
    return pollAny(partition);
  }

  private @Nullable Channel pollAny(Object partition) {
    for (OfLoop each : pools) {
      Channel connection = each.idle.poll(partition);
      if (connection != null) {
        return connection;
      }
    }
    return null;
  }

  @Override
  public boolean removeAll(Channel connection) {
    return poolOf(connection).removeAll(connection);
  }

  @Override
  public boolean isOpen() {
    return pools.stream().allMatch(each -> each.idle.isOpen());
  }

  @Override
  public void destroy() {
    pools.forEach(each -> each.idle.destroy());
  }

  @Override
  public void flushPartitions(Predicate<Object> predicate) {
    pools.forEach(each -> each.idle.flushPartitions(predicate));
  }

  @Override
  public Map<String, Long> getIdleChannelCountPerHost() {
    Map<String, Long> idle = new HashMap<>();
    pools.forEach(
        each ->
            each.idle
                .getIdleChannelCountPerHost()
                .forEach((host, count) -> idle.merge(host, count, Long::sum)));
    return idle;
  }
}
