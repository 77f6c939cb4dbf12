package dev.wxnotify.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A TCP proxy that resets connections at given points. */
final class CuttingProxy implements AutoCloseable {
  /**
   * Where a connection ends.
   *
   * @param toServer bytes that still reach the server
   * @param toClient bytes that still reach the client
   */
  record Cut(long toServer, long toClient) {
    static Cut afterToServer(long bytes) {
      return new Cut(bytes, Long.MAX_VALUE);
    }

    static Cut afterToClient(long bytes) {
      return new Cut(Long.MAX_VALUE, bytes);
    }
  }

  final AtomicInteger connections = new AtomicInteger();

  private static final int BUFFER = 512; // Small, so that a cut is at the exact point.

  private final ServerSocket listening;
  private final InetSocketAddress server;
  private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;

  /** A proxy in front of {@code server}, a {@code host:port}. */
  CuttingProxy(String server) throws IOException {
    this.server =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(),
            Integer.parseInt(server.substring(server.indexOf(':') + 1)));
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accepting", this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Each connection uses the next cut; without a cut left, it is not cut. */
  void add(Cut cut) {
    cuts.add(cut);
  }

  /** Resets all connections now. */
  void cutNow() {
    open.forEach(CuttingProxy::reset);
  }

  /** Starts or stops resetting new connections immediately. */
  void refuse(boolean refuse) {
    refusing = refuse;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        connections.incrementAndGet();
        if (refusing) {
          reset(client);
        } else {
          connect(client, cuts.poll());
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(Socket client, @Nullable Cut cut) throws IOException {
    Socket upstream = new Socket();
    try {
      upstream.connect(server);
    } catch (IOException e) {
      reset(client);
      return;
    }
    open.add(client);
    open.add(upstream);
    AtomicBoolean once = new AtomicBoolean();
    Runnable end =
        () -> {
          if (once.compareAndSet(false, true)) {
            reset(client);
            reset(upstream);
          }
        };
    start("to server", () -> pump(client, upstream, cut == null ? -1 : cut.toServer, end));
    start("to client", () -> pump(upstream, client, cut == null ? -1 : cut.toClient, end));
  }

  private static void pump(Socket from, Socket to, long most, Runnable end) {
    byte[] buffer = new byte[BUFFER];
    long left = most < 0 ? Long.MAX_VALUE : most;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          break;
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    } catch (IOException e) {
      // It was cut, here or elsewhere.
    }
    end.run();
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was already closed.
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, "proxy " + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cutNow();
  }
}
