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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Forwards bytes, until a test has it forward none, as when a host is down, or cut connections, as
 * when a firewall does.
 */
final class TcpProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean silent;
  private volatile String asked = "";

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
    asked = request;
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
        AtomicBoolean hasAsked = new AtomicBoolean();
        start(
            () ->
                pass(
                    caller,
                    database,
                    bytes -> {
                      hasAsked.compareAndSet(false, isAsked(bytes));
                      return true;
                    }));
        start(() -> pass(database, caller, bytes -> !hasAsked.get()));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void pass(Socket from, Socket to, Predicate<String> goesOn) {
    byte[] buffer = new byte[8_192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!goesOn.test(new String(buffer, 0, read, StandardCharsets.ISO_8859_1))) {
          break;
        }
        if (!silent) {
          out.write(buffer, 0, read);
        }
      }
      from.close();
      to.close();
    } catch (IOException e) {
      // It was closed.
    }
  }

  private boolean isAsked(String request) {
    if (asked.isEmpty() || !request.contains(asked)) {
      return false;
    }
    asked = "";
    return true;
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
