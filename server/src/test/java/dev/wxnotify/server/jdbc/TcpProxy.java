package dev.wxnotify.server.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Forwards bytes, until a test has it forward none, as when a host is down, or cut connections, as
 * when a firewall does.
 */
final class TcpProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean silent;
  private volatile @Nullable Break toBreak;

  /** How a connection breaks. */
  enum Manner {
    /** It ends. */
    CUT,
    /** It stays, and no answer comes. */
    SILENCE
  }

  /**
   * Connections that break at a request.
   *
   * @param request a text that the request contains; empty for what comes first
   * @param left how many are still to break
   */
  private record Break(String request, Manner manner, AtomicInteger left) {
    /** Tells whether this request is one of them. */
    boolean takes(String sent) {
      return sent.contains(request) && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }
  }

  private TcpProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  static TcpProxy to(int port) throws IOException {
    TcpProxy proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    start(proxy::accept);
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Keeps all connections, and loses what is sent on them and on new ones. */
  void silence() {
    silent = true;
  }

  /**
   * Forwards the next request that contains a text, and cuts its connection instead of answering.
   */
  void loseAnswerTo(String request) {
    breakAt(request, Manner.CUT, 1);
  }

  /**
   * Breaks the next connections at a request, whose answer is lost.
   *
   * @param request a text that it contains; empty for what comes first on a connection
   */
  void breakAt(String request, Manner manner, int connections) {
    toBreak = new Break(request, manner, new AtomicInteger(connections));
  }

  /** Tells whether as many connections broke as were to. */
  boolean hasBroken() {
    Break asked = toBreak;
    return asked != null && asked.left.get() == 0;
  }

  /** Cuts all connections; new ones forward again. */
  void cut() throws IOException {
    silent = false;
    for (Socket each : open) {
      each.close();
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
        open.addAll(List.of(caller, database));
        AtomicReference<@Nullable Manner> broken = new AtomicReference<>();
        start(
            () ->
                pass(
                    caller,
                    database,
                    bytes -> {
                      Break asked = toBreak;
                      if (broken.get() == null && asked != null && asked.takes(bytes)) {
                        broken.set(asked.manner());
                      }
                      return null;
                    }));
        start(() -> pass(database, caller, bytes -> broken.get()));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  /**
   * Passes bytes on.
   *
   * @param broken tells how the connection broke, before these bytes
   */
  private void pass(Socket from, Socket to, Function<String, @Nullable Manner> broken) {
    byte[] buffer = new byte[8_192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        Manner manner = broken.apply(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        if (manner == Manner.CUT) {
          break;
        }
        if (!silent && manner == null) {
          out.write(buffer, 0, read);
        }
      }
      from.close();
      to.close();
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
