package dev.wxnotify.server.wechat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of raw bytes on a free port of loopback. It knows just enough HTTP to find the end of a
 * request, keeps what it reads byte for byte, and plays its turns: one turn for each request, and
 * the last one again for all that follow.
 *
 * <p>The turn of a connection's first request begins when the connection is opened, before anything
 * is read; that of a later request begins when its first byte has arrived.
 *
 * <p>Concurrency: one thread accepts, and each connection has its own; this object's lock guards
 * the shared state. Nothing sleeps: a turn waits only for the peer, for {@link #release} or for
 * {@link #close}.
 */
final class RawHttpServer implements AutoCloseable {

  /** What the server does with one request. */
  @FunctionalInterface
  interface Turn {
    /**
     * Plays the turn.
     *
     * @return whether the connection stays open for another request
     */
    boolean play(Connection connection) throws IOException, InterruptedException;
  }

  /** A request as received. */
  static final class Request {
    private final String head;
    private final byte[] body;

    private Request(String head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    /** Returns the request line and headers. */
    String head() {
      return head;
    }

    /** Returns what followed the headers. */
    byte[] body() {
      return body.clone();
    }

    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    /** Returns the values of one header, in order. */
    List<String> header(String name) {
      return head.lines()
          .skip(1)
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .toList();
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private static final Pattern CONTENT_LENGTH =
      Pattern.compile("(?im)^content-length:\\s*(\\d+)\\s*$");

  private final ServerSocket socket;
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch peerLeft = new CountDownLatch(1);

  @GuardedBy("this")
  private final Queue<Turn> turns = new ArrayDeque<>();

  @GuardedBy("this")
  private final List<Request> requests = new ArrayList<>();

  @GuardedBy("this")
  private final List<Socket> connections = new ArrayList<>();

  private RawHttpServer(ServerSocket socket, List<Turn> turns) {
    this.socket = socket;
    this.turns.addAll(turns);
  }

  static RawHttpServer start(Turn first, Turn... more) throws IOException {
    List<Turn> turns = new ArrayList<>(List.of(first));
    turns.addAll(List.of(more));
    RawHttpServer server =
        new RawHttpServer(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), turns);
    thread("raw-http-accept", server::accept);
    return server;
  }

  /** Starts a server on a given address of this machine. */
  static RawHttpServer startAt(InetAddress address, int port, Turn turn) throws IOException {
    RawHttpServer server = new RawHttpServer(new ServerSocket(port, 512, address), List.of(turn));
    thread("raw-http-accept", server::accept);
    return server;
  }

  /** Reads the request and answers with exactly these bytes; the connection stays open. */
  static Turn bytes(byte[] answer) {
    return connection -> {
      connection.read();
      connection.write(answer);
      return true;
    };
  }

  /** Reads the request and answers with exactly these bytes; then the connection ends. */
  static Turn bytesThenClose(String answer) {
    return connection -> {
      connection.read();
      connection.write(answer.getBytes(StandardCharsets.UTF_8));
      return false;
    };
  }

  /** Reads the request and answers with a body in WeChat's usual form. */
  static Turn json(String body) {
    return answer("200 OK", "application/json; encoding=utf-8", body);
  }

  /** Reads the request and answers. */
  static Turn answer(String status, String contentType, String body) {
    return bytes(answerBytes(status, contentType, body));
  }

  /** Reads the request, sends nothing until {@link #release}, then answers as usual. */
  static Turn heldBack(String body) {
    return connection -> {
      connection.read();
      connection.awaitRelease();
      connection.write(answerBytes("200 OK", "application/json", body));
      return true;
    };
  }

  /** Reads nothing and resets the connection. */
  static Turn resetBeforeReading() {
    return Connection::reset;
  }

  /** Reads the request and resets the connection. */
  static Turn resetAfterReading() {
    return connection -> {
      connection.read();
      return connection.reset();
    };
  }

  /** Reads the request, writes these bytes and resets the connection. */
  static Turn resetAfterWriting(String part) {
    return connection -> {
      connection.read();
      connection.write(part.getBytes(StandardCharsets.UTF_8));
      return connection.reset();
    };
  }

  /** Reads the request and sends nothing until the server is closed or released. */
  static Turn silence() {
    return connection -> {
      connection.read();
      connection.awaitRelease();
      return false;
    };
  }

  /** Answers with an endless body, until the peer closes the connection. */
  static Turn endlessBody() {
    return connection -> {
      connection.read();
      connection.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      byte[] chunk = ("2000\r\n" + " ".repeat(0x2000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      try {
        while (true) {
          connection.write(chunk);
        }
      } catch (IOException e) {
        connection.peerHasLeft();
        return false;
      }
    };
  }

  /** Plays a turn, ends this side of the connection and waits for the peer to end the other. */
  static Turn thenCloseWhileIdle(Turn turn) {
    return connection -> {
      turn.play(connection);
      connection.endOurSide();
      connection.peerHasLeft();
      return false;
    };
  }

  int port() {
    return socket.getLocalPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Ends all waiting turns, now and in the future. */
  void release() {
    released.countDown();
  }

  /** Waits until the peer of an endless or an idle connection has closed it. */
  void awaitPeerLeft() throws InterruptedException {
    peerLeft.await();
  }

  /** Returns the requests that were read completely, in the order of their ends. */
  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Returns the only request. */
  Request request() {
    List<Request> all = requests();
    if (all.size() != 1) {
      throw new AssertionError("requests: " + all.size() + " (expected: 1)");
    }
    return all.get(0);
  }

  /** Returns how many connections were ever opened. */
  synchronized int connections() {
    return connections.size();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    release();
    synchronized (this) {
      connections.forEach(RawHttpServer::closeQuietly);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket accepted = socket.accept();
        synchronized (this) {
          connections.add(accepted);
        }
        thread("raw-http-connection", () -> serve(accepted));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void serve(Socket accepted) {
    try (accepted) {
      Connection connection = new Connection(accepted);
      while (nextTurn().play(connection) && connection.hasMore()) {
        // The next request.
      }
    } catch (IOException e) {
      // The peer left, or the test is over; the exchange so far is recorded.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Turn nextTurn() {
    return turns.size() > 1 ? turns.remove() : turns.element();
  }

  private synchronized void record(Request request) {
    requests.add(request);
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] answerBytes(String status, String contentType, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: "
            + contentType
            + "\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(bytes);
    return answer.toByteArray();
  }

  /** One connection, as its turns see it. */
  final class Connection {
    private final Socket peer;
    private final PushbackInputStream in;
    private final OutputStream out;

    private Connection(Socket peer) throws IOException {
      this.peer = peer;
      this.in = new PushbackInputStream(peer.getInputStream());
      this.out = peer.getOutputStream();
    }

    /** Reads one request, records it and returns it. */
    Request read() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("the request has no end");
        }
        head.write(next);
      }
      String text = head.toString(StandardCharsets.US_ASCII);
      Matcher length = CONTENT_LENGTH.matcher(text);
      Request request =
          new Request(text, in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0));
      record(request);
      return request;
    }

    /** Returns the next byte, outside any request. */
    int readByte() throws IOException {
      return in.read();
    }

    void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    private boolean hasMore() throws IOException {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      in.unread(next);
      return true;
    }

    private boolean reset() throws IOException {
      peer.setSoLinger(true, 0);
      peer.close();
      return false;
    }

    private void endOurSide() throws IOException {
      peer.shutdownOutput();
      while (in.read() >= 0) {
        // Nothing is expected.
      }
    }

    private void peerHasLeft() {
      peerLeft.countDown();
    }

    private void awaitRelease() throws InterruptedException {
      released.await();
    }
  }
}
