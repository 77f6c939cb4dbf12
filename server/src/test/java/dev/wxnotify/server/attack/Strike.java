package dev.wxnotify.server.attack;

import dev.wxnotify.server.testing.RawHttp2;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A running attack: its connections, and the threads that use them. */
final class Strike implements AutoCloseable {
  private static final long PAUSE_MILLIS = 5;

  private final int port;
  private final Set<RawHttp2> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger cutOff = new AtomicInteger();

  Strike(int port) {
    this.port = port;
  }

  /** What a connection does; it ends with an exception when the server closes it. */
  interface Move {
    void on(RawHttp2 connection) throws IOException, InterruptedException;
  }

  /** How a connection begins. */
  interface Opening {
    RawHttp2 open(int port) throws IOException;
  }

  /** Runs it on this many connections, reopening each that was cut off, until the attack ends. */
  void onEach(int connections, Opening opening, Move move) {
    for (int i = 0; i < connections; i++) {
      Thread thread = new Thread(() -> again(opening, move), "attacker-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void again(Opening opening, Move move) {
    while (goesOn()) {
      try (RawHttp2 connection = opening.open(port)) {
        made.incrementAndGet();
        open.add(connection);
        try {
          move.on(connection);
        } finally {
          open.remove(connection);
        }
      } catch (IOException e) {
        if (goesOn()) {
          cutOff.incrementAndGet();
        }
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Opens this many connections on one thread, and keeps them. */
  void keep(int connections, Opening opening, Move move) {
    Thread thread =
        new Thread(
            () -> {
              for (int i = 0; i < connections && goesOn(); i++) {
                try {
                  RawHttp2 connection = opening.open(port);
                  made.incrementAndGet();
                  open.add(connection);
                  if (!goesOn()) {
                    connection.close(); // The end may have missed it.
                    return;
                  }
                  move.on(connection);
                } catch (IOException e) {
                  cutOff.incrementAndGet();
                } catch (InterruptedException e) {
                  return;
                }
              }
            },
            "attacker");
    thread.setDaemon(true);
    thread.start();
  }

  private void pause() {
    try {
      over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the attack is running. */
  boolean goesOn() {
    return over.getCount() > 0;
  }

  /** Waits for the end, and leaves all connections as they are. */
  void hold() throws InterruptedException {
    over.await();
  }

  /** Lets the attack run for this long. */
  void during(Duration time) throws InterruptedException {
    over.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Returns how many connections were opened, and how many the server ended. */
  String connections() {
    return made.get() + " connections, " + cutOff.get() + " cut off";
  }

  /** Ends the attack and all its connections. */
  void end() {
    over.countDown();
    for (RawHttp2 each : open) {
      try {
        each.close();
      } catch (IOException e) {
        // It is closed in any case.
      }
    }
  }

  @Override
  public void close() {
    end();
  }
}
