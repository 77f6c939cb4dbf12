package dev.wxnotify.server.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.TestLoops;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.asynchttpclient.channel.ChannelPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionPoolTest {
  private static final String WECHAT = "https://api.weixin.qq.com";
  private static final String OTHER = "https://example.com";

  private final TestLoops loops = new TestLoops(2);
  private final EventLoop here = loops.group().next();
  private final EventLoop there = loops.group().next();
  private final List<FakePool> pools = new ArrayList<>();
  private final ConnectionPool pool = new ConnectionPool(loops.group(), this::newPool);

  @AfterEach
  void close() {
    loops.close(); // And with them their connections.
  }

  @Test
  void poll_onALoop_prefersItsOwnConnection() throws Exception {
    Channel near = connection(here);
    Channel far = connection(there);
    pool.offer(near, WECHAT);
    pool.offer(far, WECHAT);

    assertThat(pollOn(here, WECHAT)).isSameAs(near);
    assertThat(pollOn(there, WECHAT)).isSameAs(far);
  }

  @Test
  void poll_noneOfItsOwn_takesThatOfAnotherLoop() throws Exception {
    Channel far = connection(there);
    pool.offer(far, WECHAT);

    assertThat(pollOn(here, WECHAT)).isSameAs(far);
    assertThat(pollOn(here, WECHAT)).isNull();
  }

  @Test
  void poll_onAnyOtherThread_takesAny() throws Exception {
    Channel first = connection(here);
    Channel second = connection(there);
    pool.offer(first, WECHAT);
    pool.offer(second, WECHAT);

    List<@Nullable Channel> taken = new ArrayList<>();
    taken.add(pool.poll(WECHAT));
    taken.add(pool.poll(WECHAT));

    assertThat(taken).containsExactlyInAnyOrder(first, second);
    assertThat(pool.poll(WECHAT)).isNull();
  }

  @Test
  void poll_otherPartition_findsNothing() throws Exception {
    pool.offer(connection(here), OTHER);

    assertThat(pollOn(here, WECHAT)).isNull();
  }

  @Test
  void removeAll_asksThePoolOfTheConnectionsLoop() throws Exception {
    Channel far = connection(there);
    pool.offer(connection(here), WECHAT);
    pool.offer(far, WECHAT);

    assertThat(pool.removeAll(far)).isTrue();

    assertThat(pollOn(there, WECHAT)).isNotSameAs(far).isNotNull();
  }

  @Test
  void flushPartitions_reachesAllLoops() throws Exception {
    pool.offer(connection(here), WECHAT);
    pool.offer(connection(there), WECHAT);
    Channel other = connection(there);
    pool.offer(other, OTHER);

    pool.flushPartitions(WECHAT::equals);

    assertThat(pool.poll(WECHAT)).isNull();
    assertThat(pool.poll(OTHER)).isSameAs(other);
  }

  @Test
  void getIdleChannelCountPerHost_addsUpTheLoops() throws Exception {
    pool.offer(connection(here), WECHAT);
    pool.offer(connection(there), WECHAT);
    pool.offer(connection(there), OTHER);

    assertThat(pool.getIdleChannelCountPerHost()).isEqualTo(Map.of(WECHAT, 2L, OTHER, 1L));
  }

  @Test
  void destroy_closesAllAndIsNotOpen() {
    assertThat(pool.isOpen()).isTrue();

    pool.destroy();

    assertThat(pool.isOpen()).isFalse();
    assertThat(pools).hasSize(2).allMatch(each -> !each.open);
  }

  // Help.

  private FakePool newPool() {
    FakePool made = new FakePool();
    pools.add(made);
    return made;
  }

  private Channel connection(EventLoop loop) throws InterruptedException {
    Channel made = new NioSocketChannel();
    loop.register(made).sync();
    return made;
  }

  private @Nullable Channel pollOn(EventLoop loop, Object partition) throws Exception {
    return loop.submit(() -> pool.poll(partition)).get();
  }

  /** Keeps whatever it is given, connected or not. */
  private static final class FakePool implements ChannelPool {
    private final Map<Object, Deque<Channel>> idle = new HashMap<>();
    private boolean open = true;

    @Override
    public synchronized boolean offer(Channel channel, Object partition) {
      idle.computeIfAbsent(partition, key -> new ArrayDeque<>()).push(channel);
      return true;
    }

    @Override
    public synchronized @Nullable Channel poll(Object partition) {
      Deque<Channel> of = idle.get(partition);
      return of == null ? null : of.poll();
    }

    @Override
    public synchronized boolean removeAll(Channel channel) {
      return idle.values().stream().anyMatch(of -> of.remove(channel));
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void destroy() {
      open = false;
    }

    @Override
    public synchronized void flushPartitions(Predicate<Object> predicate) {
      idle.keySet().removeIf(predicate);
    }

    @Override
    public synchronized Map<String, Long> getIdleChannelCountPerHost() {
      Map<String, Long> counts = new HashMap<>();
      idle.forEach((partition, of) -> counts.put(partition.toString(), (long) of.size()));
      return counts;
    }
  }
}
