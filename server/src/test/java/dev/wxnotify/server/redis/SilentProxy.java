package dev.wxnotify.server.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Forwards bytes, until a test has it forward none on the open connections, as when a host is down
 * or a firewall has dropped a connection without notice.
 */
final class SilentProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();

  private SilentProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  static SilentProxy to(int port) throws IOException {
    SilentProxy proxy =
        new SilentProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    start(proxy::accept);
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  void silenceWhatIsOpen() {
    pairs.forEach(pair -> pair.silent = true);
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        Pair pair = new Pair(caller, new Socket(InetAddress.getLoopbackAddress(), target));
        pairs.add(pair);
        start(() -> pair.pass(pair.caller, pair.redis));
        start(() -> pair.pass(pair.redis, pair.caller));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "silent-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Pair pair : pairs) {
      pair.caller.close();
      pair.redis.close();
    }
  }

  private static final class Pair {
    final Socket caller;
    final Socket redis;
    volatile boolean silent;

    Pair(Socket caller, Socket redis) {
      this.caller = caller;
      this.redis = redis;
    }

    void pass(Socket from, Socket to) {
      byte[] buffer = new byte[8_192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (!silent) {
            out.write(buffer, 0, read);
          }
        }
      } catch (IOException e) {
        // It was closed.
      }
    }
  }
}
