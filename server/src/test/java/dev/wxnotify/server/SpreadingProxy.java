package dev.wxnotify.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives each connection to another one of several servers in turn, as a load balancer does. A
 * server that takes no connection is passed over; with none left the connection is closed.
 */
final class SpreadingProxy implements AutoCloseable {
  private static final int BUFFER = 65_536;

  private final ServerSocket server;
  private final List<IntSupplier> targets;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private SpreadingProxy(ServerSocket server, List<IntSupplier> targets) {
    this.server = server;
    this.targets = targets;
  }

  /**
   * Starts.
   *
   * @param targets the ports, which may change when a server is restarted
   */
  static SpreadingProxy over(List<IntSupplier> targets) throws IOException {
    SpreadingProxy proxy =
        new SpreadingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), targets);
    start(proxy::accept);
    return proxy;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      for (int next = 0; ; next++) {
        Socket caller = server.accept();
        Socket called = connect(next);
        if (called == null) {
          caller.close();
        } else {
          open.addAll(List.of(caller, called));
          start(() -> pass(caller, called));
          start(() -> pass(called, caller));
        }
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private @Nullable Socket connect(int first) {
    for (int i = 0; i < targets.size(); i++) {
      try {
        int port = targets.get((first + i) % targets.size()).getAsInt();
        Socket called = new Socket(InetAddress.getLoopbackAddress(), port);
        called.setTcpNoDelay(true);
        return called;
      } catch (IOException e) {
        // It is down: the next one.
      }
    }
    return null;
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One of the two ended.
    }
    open.removeAll(List.of(from, to));
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "spreading-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
