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
 * <p>Streams are counted apart, and have a bound of their own: they take no place from requests,
 * and requests take none from them.
 *
 * <p>Concurrency: used on the one event loop of the port only.
 */
final class Connections {
  private final int most;
  private final int mostStreams;
  private final Set<Channel> open = new LinkedHashSet<>();
  private final Set<Channel> waiting = new LinkedHashSet<>();
  private final Set<Channel> streaming = new LinkedHashSet<>();
  private @Nullable CompletableFuture<Void> end;

  Connections(int most, int mostStreams) {
    this.most = most;
    this.mostStreams = mostStreams;
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
              streaming.remove(accepted);
              completeEnd();
            });
    if (open.size() - streaming.size() > most) {
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
   * Makes a connection a stream, until it is closed.
   *
   * @return false if there are too many
   */
  boolean streams(Channel channel) {
    if (streaming.size() >= mostStreams || end != null || !open.contains(channel)) {
      return false;
    }
    waiting.remove(channel);
    return streaming.add(channel);
  }

  /**
   * Closes the streams and the connections that wait for their client, and lets the others end with
   * the answer that is worked on.
   *
   * @param whenEnded completes when none is open any more
   */
  void end(CompletableFuture<Void> whenEnded) {
    end = whenEnded;
    List.copyOf(waiting).forEach(Connections::close);
    List.copyOf(streaming).forEach(Connections::close);
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
