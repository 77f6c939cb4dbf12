package dev.wxnotify.server.wechat;

import dev.wxnotify.server.netty.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads of all clients of one JVM. A server creates its threads once; a thousand tests that
 * create and end rings of their own would test the end of a ring, and slowly.
 */
final class TestThreads {
  private record Kind(Transport transport, int threads) {}

  private final Map<Kind, EventLoopGroup> groups = new ConcurrentHashMap<>();

  /** Returns the threads of a transport; they end with the JVM. */
  EventLoopGroup of(Transport transport, int threads) {
    return groups.computeIfAbsent(
        new Kind(transport, threads),
        kind ->
            new MultiThreadIoEventLoopGroup(
                kind.threads(),
                new DefaultThreadFactory("test-io-" + kind.transport().label(), true),
                kind.transport().handlers()));
  }
}
