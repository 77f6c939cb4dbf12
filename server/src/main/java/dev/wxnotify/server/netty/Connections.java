package dev.wxnotify.server.netty;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The open connections of a port, and which of them nothing of ours is working on: they wait for a
 * request, for the rest of one, or for a client to read its answer. Where there are too many, the
 * one that has waited for longest is closed; where all are worked on, the new one is.
 *
 * <p>Concurrency: used on the one event loop of the port only.
 */
final class Connections {
  private final int most;
  private final Set<Channel> open = new LinkedHashSet<>();
  private final Set<Channel> waiting = new LinkedHashSet<>();

  Connections(int most) {
    this.most = most;
  }

  /** Adds a new connection, which may close it. */
  void add(Channel accepted) {
    open.add(accepted);
    accepted
        .closeFuture()
        .addListener(
            closed -> {
              open.remove(accepted);
              waiting.remove(accepted);
            });
    if (open.size() > most) {
      close(waiting.isEmpty() ? accepted : waiting.iterator().next());
    }
    waits(accepted);
  }

  /** Says that a connection waits for its client from now on. */
  void waits(Channel channel) {
    waiting.remove(channel);
    if (open.contains(channel)) {
      waiting.add(channel);
    }
  }

  /** Says that the request of a connection is worked on. */
  void works(Channel channel) {
    waiting.remove(channel);
  }

  /** Closes all connections. */
  void closeAll() {
    List.copyOf(open).forEach(Connections::close);
  }

  private static void close(Channel channel) {
    var ignored = channel.close();
  }
}
