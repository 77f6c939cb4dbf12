package dev.wxnotify.server.push;

import dev.wxnotify.server.journal.EventIntake;
import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.PushListener;
import dev.wxnotify.server.netty.HttpPort;
import dev.wxnotify.server.netty.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes WeChat's pushes: on a port of its own where one is configured, and from whoever passes them
 * on.
 *
 * <p>WeChat waits five seconds for an answer. So a push is answered after four and a half at the
 * latest, with 503 if nothing else is known, and then WeChat asks again.
 */
public final class PushServer implements AutoCloseable {
  /** The longest push, in bytes. */
  static final int MAX_BODY = 64 * 1024;

  /** What WeChat takes for the end of a push. */
  static final String SUCCESS = "success";

  private static final HttpPort.Limits LIMITS =
      new HttpPort.Limits(
          4 * 1024,
          8 * 1024,
          MAX_BODY,
          16 * 1024 * 1024,
          1024,
          Duration.ofSeconds(5),
          Duration.ofMillis(4_500),
          Duration.ofSeconds(90)); // Longer than nginx keeps a connection: it closes first.

  /** How long a stop waits for pushes that are being answered; a store takes milliseconds. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final PushIntake intake;
  private final @Nullable HttpPort http;

  /**
   * The settings of all apps together.
   *
   * @param address where WeChat's pushes arrive; null for nowhere
   * @param timestampWindow how far the time of a push may be from that of this server
   */
  public record Settings(@Nullable InetSocketAddress address, Duration timestampWindow) {}

  /**
   * Makes the parts; {@link #start} binds the port.
   *
   * @param apps the apps whose pushes are accepted
   * @param events stores what was pushed
   * @param clock the time of day
   * @param transport how the port's sockets are read and written
   */
  public PushServer(
      Settings settings,
      PushApps apps,
      EventIntake events,
      PushListener listener,
      InstantSource clock,
      Transport transport) {
    BoundedLog log = new BoundedLog(System::nanoTime);
    Pushes pushes =
        new Pushes(
            new Verifier(apps, clock, settings.timestampWindow), events, listener, clock, log);
    this.intake = new RawPushes(apps, pushes);
    this.http =
        settings.address == null
            ? null
            : new HttpPort(
                settings.address,
                "wxnotify-push",
                transport,
                LIMITS,
                new PushRoutes(apps, pushes, new Forwarding(new HttpForwarder(), listener, log)));
  }

  /** Returns what takes pushes that somebody else received. */
  public PushIntake intake() {
    return intake;
  }

  /** Binds the port, if there is one, and serves. */
  public void start() throws IOException {
    if (http != null) {
      http.start();
    }
  }

  /** Returns the bound port; -1 for none. */
  public int port() {
    return http == null ? -1 : http.port();
  }

  /** Closes the port, and each connection when the push that it brought is answered. */
  @Override
  public void close() {
    if (http != null) {
      http.close(LAST_ANSWERS);
    }
  }
}
