package dev.wxnotify.server.metrics;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The open connections. Each serves one request and lives at most {@link #LIFE}. Where there are
 * more than {@link #MOST}, the oldest is closed: probes and scrapes take milliseconds, so it is not
 * one of those.
 *
 * <p>Concurrency: used on the one event loop only.
 */
final class Connections {
  static final int MOST = 64;
  static final Duration LIFE = Duration.ofSeconds(10);

  private final Set<Channel> open = new LinkedHashSet<>();

  /** Adds a new connection. */
  void add(Channel accepted) {
    open.add(accepted);
    Future<?> end =
        accepted
            .eventLoop()
            .schedule(() -> close(accepted), LIFE.toMillis(), TimeUnit.MILLISECONDS);
    accepted
        .closeFuture()
        .addListener(
            closed -> {
              open.remove(accepted);
              end.cancel(false);
            });
    if (open.size() > MOST) {
      close(open.iterator().next());
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
