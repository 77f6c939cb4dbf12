package dev.wxnotify.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Forwards bytes to a port of this machine, and the answers after a variable delay, like a server
 * on a machine that is short of CPU.
 */
public final class SlowProxy implements AutoCloseable {
  private static final int BUFFER = 65_536;

  private final ServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile Duration delay = Duration.ZERO;

  /** Bytes; an empty array is the end. */
  private static final class Piece {
    final byte[] bytes;
    final long due;

    Piece(byte[] bytes, long due) {
      this.bytes = bytes;
      this.due = due;
    }
  }

  private SlowProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /** Starts a proxy without a delay. */
  public static SlowProxy to(int port) throws IOException {
    SlowProxy proxy =
        new SlowProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    start(proxy::accept);
    return proxy;
  }

  /** Returns its address, as a Redis URL. */
  public String redisUrl() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  /** Delays all answers by {@code time} from now on. */
  public void delay(Duration time) {
    delay = time;
  }

  /** Cuts all connections; new ones are accepted. */
  public void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        Socket called = new Socket(InetAddress.getLoopbackAddress(), target);
        caller.setTcpNoDelay(true);
        called.setTcpNoDelay(true);
        open.addAll(List.of(caller, called));
        BlockingQueue<Piece> answers = new LinkedBlockingQueue<>();
        start(() -> pass(caller, called));
        start(() -> read(called, answers));
        start(() -> writeWhenDue(answers, caller));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  /** Passes on all that was sent, also by a process that was killed meanwhile. */
  private static void pass(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      OutputStream out = to.getOutputStream();
      try (from) {
        InputStream in = from.getInputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
        }
      } finally {
        // A close would reset the connection where answers are unread, and so lose what was sent.
        to.shutdownOutput();
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void read(Socket from, BlockingQueue<Piece> answers) {
    byte[] buffer = new byte[BUFFER];
    try (from) {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        answers.add(new Piece(Arrays.copyOf(buffer, read), System.nanoTime() + delay.toNanos()));
      }
    } catch (IOException e) {
      // It was closed.
    }
    answers.add(new Piece(new byte[0], System.nanoTime())); // The end.
  }

  private static void writeWhenDue(BlockingQueue<Piece> answers, Socket to) {
    try (to) {
      OutputStream out = to.getOutputStream();
      for (Piece piece = answers.take(); piece.bytes.length > 0; piece = answers.take()) {
        TimeUnit.NANOSECONDS.sleep(piece.due - System.nanoTime());
        out.write(piece.bytes);
      }
    } catch (IOException | InterruptedException e) {
      // It was closed.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "slow-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
