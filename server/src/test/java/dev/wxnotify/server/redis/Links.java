package dev.wxnotify.server.redis;

import dev.wxnotify.server.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The links of several replicas, each with its own client. */
final class Links implements AutoCloseable {
  static final String PREFIX = "test:";

  /**
   * Longer than any pause of a busy machine, so that a test sees only the outages that it causes.
   */
  static final Duration PATIENT = Duration.ofSeconds(10);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "test-timer");
            thread.setDaemon(true);
            return thread;
          });
  private final List<RedisLink> links = new CopyOnWriteArrayList<>();

  ScheduledExecutorService timer() {
    return timer;
  }

  /** Returns a link that is not yet connected. */
  RedisLink unconnected(String url, Duration commandTimeout) {
    return unconnected(url, commandTimeout, null);
  }

  /** Returns a link that is not yet connected and that trusts this authority. */
  RedisLink unconnected(String url, Duration commandTimeout, @Nullable Path caCertificate) {
    return added(
        new RedisLink.Settings(url, null, PREFIX, commandTimeout, commandTimeout, caCertificate));
  }

  /** Returns a connected link, with a password from a file. */
  RedisLink upWithPasswordOf(Path file, String url) throws Exception {
    RedisLink link = added(new RedisLink.Settings(url, file, PREFIX, PATIENT, PATIENT, null));
    link.connect(PATIENT);
    awaitUp(link);
    return link;
  }

  private RedisLink added(RedisLink.Settings settings) {
    RedisLink link = new RedisLink(settings, timer);
    links.add(link);
    return link;
  }

  /** Returns a connected link. */
  RedisLink up(String url, Duration commandTimeout) throws Exception {
    RedisLink link = unconnected(url, commandTimeout);
    link.connect(PATIENT);
    awaitUp(link);
    return link;
  }

  /** Returns a connected link whose claims wait longer than other commands. */
  RedisLink up(String url, Duration commandTimeout, Duration claimTimeout) throws Exception {
    RedisLink link =
        added(new RedisLink.Settings(url, null, PREFIX, commandTimeout, claimTimeout, null));
    link.connect(PATIENT);
    awaitUp(link);
    return link;
  }

  /** Returns a connected link that stays up however busy the machine is. */
  RedisLink up(String url) throws Exception {
    return up(url, PATIENT);
  }

  static void awaitUp(RedisLink link) throws Exception {
    Await.until("redis is up", link::isUp);
  }

  static void awaitDown(RedisLink link) throws Exception {
    Await.until("redis is down", () -> !link.isUp());
  }

  @Override
  public void close() {
    links.forEach(RedisLink::close);
    timer.shutdownNow();
  }
}
