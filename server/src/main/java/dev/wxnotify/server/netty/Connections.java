package dev.wxnotify.server.netty;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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
  private @Nullable CompletableFuture<Void> end;

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
              completeEnd();
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

  /**
   * Closes the connections that wait for their client, and lets the others end with the answer that
   * is worked on.
   *
   * @param whenEnded completes when none is open any more
   */
  void end(CompletableFuture<Void> whenEnded) {
    end = whenEnded;
    List.copyOf(waiting).forEach(Connections::close);
    completeEnd();
  }

  /** Tells whether each connection ends with its next answer. */
  boolean areEnding() {
    return end != null;
  }

  private void completeEnd() {
    if (end != null && open.isEmpty()) {
      end.complete(null);
    }
  }

  /** Closes all connections. */
  void closeAll() {
    List.copyOf(open).forEach(Connections::close);
  }

  private static void close(Channel channel) {
    var ignored = channel.close();
  }
}
