package dev.wxnotify.server.wechat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.wxnotify.server.wechat.Ask.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An upstream of raw bytes that answers each {@link Ask} with its own honest body, or with a trick
 * if a test set one. After a trick it continues to read: if the client reuses the connection, the
 * upstream receives the request, answers honestly and records it.
 *
 * <p>Unlike {@link RawHttpServer}, it reads a request before it decides what to do, so that the
 * order in which requests arrive does not matter.
 *
 * <p>Concurrency: each connection has its own thread; this object's lock guards the shared state.
 */
final class ScriptedUpstream implements AutoCloseable {

  /** What the upstream does in answer to one request, or when a connection is opened. */
  @FunctionalInterface
  interface Trick {
    void play(Line line) throws IOException, InterruptedException;
  }

  /**
   * One request, recorded as soon as its key was read.
   *
   * @param connection the number of its connection, from 1
   */
  record Served(int connection, Kind kind, String key) {}

  /**
   * Long enough for a peer on the same machine to read what was written before. It only makes
   * mistakes of the client more likely to show: no test passes because of it.
   */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final Pattern CONTENT_LENGTH =
      Pattern.compile("(?im)^content-length:\\s*(\\d+)\\s*$");
  private static final Pattern KEY_IN_BODY = Pattern.compile("\"(?:touser|appid)\":\"([^\"]*)\"");
  private static final Pattern KEY_IN_QUERY = Pattern.compile("[?&]appid=([^& ]*)");

  private final ServerSocket socket;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "scripted-upstream");
            thread.setDaemon(true);
            return thread;
          });
  private final Trick usual;
  private final @Nullable SSLContext tls;

  @GuardedBy("this")
  private final Map<String, Trick> tricks = new HashMap<>();

  @GuardedBy("this")
  private @Nullable Trick greeting;

  @GuardedBy("this")
  private @Nullable Trick connect;

  @GuardedBy("this")
  private final List<Served> served = new ArrayList<>();

  @GuardedBy("this")
  private final List<String> complaints = new ArrayList<>();

  @GuardedBy("this")
  private final List<Line> lines = new ArrayList<>();

  private ScriptedUpstream(ServerSocket socket, Trick usual, @Nullable SSLContext tls) {
    this.socket = socket;
    this.usual = usual;
    this.tls = tls;
  }

  /** Starts an upstream with textbook answers. */
  static ScriptedUpstream start() throws IOException {
    return start(Line::answerAsTextbook, null);
  }

  /**
   * Starts an upstream.
   *
   * @param usual answers requests without their own trick
   * @param tls the TLS used after a CONNECT; null for none
   */
  static ScriptedUpstream start(Trick usual, @Nullable SSLContext tls) throws IOException {
    ScriptedUpstream upstream =
        new ScriptedUpstream(
            new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), usual, tls);
    upstream.threads.execute(upstream::accept);
    return upstream;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Plays {@code trick} in answer to {@code ask}, after its request was read up to its key. */
  synchronized void on(Ask ask, Trick trick) {
    tricks.put(ask.key(), trick);
  }

  /** Plays {@code trick} on each new connection, before anything is read. */
  synchronized void onNewConnection(Trick trick) {
    greeting = trick;
  }

  /** Plays {@code trick} in answer to CONNECT; if the connection stays open, TLS follows. */
  synchronized void onConnect(Trick trick) {
    connect = trick;
  }

  /** Returns the requests in the order of arrival. */
  synchronized List<Served> served() {
    return List.copyOf(served);
  }

  /** Returns the errors in the client's own bytes. */
  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Returns how many connections were ever opened. */
  synchronized int connections() {
    return lines.size();
  }

  /** Returns the connection of this number, from 1. */
  synchronized Line line(int connection) {
    return lines.get(connection - 1);
  }

  /** Returns the connection on which {@code ask} arrived. */
  Line lineOf(Ask ask) {
    return served().stream()
        .filter(each -> each.key().equals(ask.key()))
        .findFirst()
        .map(each -> line(each.connection()))
        .orElseThrow(() -> new AssertionError(ask.key() + " never came"));
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
    synchronized (this) {
      for (Line line : lines) {
        line.raw.close();
      }
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket accepted = socket.accept();
        accepted.setTcpNoDelay(true); // One write, one segment.
        Line line;
        synchronized (this) {
          line = new Line(accepted, lines.size() + 1);
          lines.add(line);
        }
        threads.execute(line::serve);
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private synchronized @Nullable Trick greeting() {
    return greeting;
  }

  private synchronized Trick connectTrick() {
    return connect == null ? line -> line.say("HTTP/1.1 200 OK\r\n\r\n") : connect;
  }

  private synchronized Trick trickFor(Served request) {
    served.add(request);
    return tricks.getOrDefault(request.key(), usual);
  }

  private synchronized void complain(String what) {
    complaints.add(what);
  }

  /** One connection, as the tricks see it. */
  final class Line {
    private final Socket raw;
    private final int number;
    private final CountDownLatch left = new CountDownLatch(1);
    private Socket peer;
    private InputStream in;
    private String head = "";
    private int unread;
    private Kind kind = Kind.MESSAGE;
    private String key = "";

    private Line(Socket raw, int number) throws IOException {
      this.raw = raw;
      this.peer = raw;
      this.number = number;
      this.in = new BufferedInputStream(raw.getInputStream());
    }

    int number() {
      return number;
    }

    /** Returns the honest answer to the request that was read last. */
    byte[] body() {
      return Ask.honestBody(kind, key, head.substring(0, head.indexOf("\r\n")));
    }

    String bodyText() {
      return new String(body(), ISO_8859_1);
    }

    /** Reads the rest of the request: without this the answer comes before its end. */
    Line readOn() throws IOException {
      in.skipNBytes(unread);
      unread = 0;
      return this;
    }

    Line answerAsTextbook() throws IOException {
      return readOn().say(Http.answer(body()));
    }

    /** Writes everything together, so that the peer may read it in one piece. */
    Line say(byte[] bytes) throws IOException {
      OutputStream out = peer.getOutputStream();
      out.write(bytes);
      out.flush();
      return this;
    }

    Line say(String text) throws IOException {
      return say(text.getBytes(ISO_8859_1));
    }

    /** Writes each byte separately. */
    Line spell(byte[] bytes) throws IOException {
      for (byte each : bytes) {
        say(new byte[] {each});
      }
      return this;
    }

    /** Lets the peer read the bytes so far separately from the following ones. */
    Line pause() throws InterruptedException {
      Thread.sleep(PAUSE.toMillis());
      return this;
    }

    /** Ends this side; the peer may still write. */
    void end() throws IOException {
      peer.shutdownOutput();
    }

    void reset() throws IOException {
      raw.setSoLinger(true, 0);
      raw.close();
    }

    /** Waits until the peer has ended the connection, or for the given time. */
    boolean awaitLeft(Duration longest) throws InterruptedException {
      return left.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until the peer ends the connection, and answers no further requests. */
    void awaitEnd() throws IOException {
      while (in.read() >= 0) {
        // Nothing is expected.
      }
      left.countDown();
    }

    private void serve() {
      try (raw) {
        Trick first = greeting();
        if (first != null) {
          first.play(this);
        }
        while (!raw.isClosed() && readHead()) {
          if (head.startsWith("CONNECT ")) {
            connectTrick().play(this);
            startTls();
          } else if (readKey()) {
            trickFor(new Served(number, kind, key)).play(this);
            readOn();
          }
        }
      } catch (IOException e) {
        // The peer or the test has finished with this connection.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        left.countDown();
      }
    }

    private boolean readHead() throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        text.append((char) next);
      }
      head = text.toString();
      Matcher length = CONTENT_LENGTH.matcher(head);
      unread = length.find() ? Integer.parseInt(length.group(1)) : 0;
      return true;
    }

    /** Reads only as far as needed to identify the request. */
    private boolean readKey() throws IOException {
      kind =
          head.startsWith("GET ")
              ? Kind.CLASSIC_TOKEN
              : head.contains("stable_token") ? Kind.STABLE_TOKEN : Kind.MESSAGE;
      ByteArrayOutputStream start = new ByteArrayOutputStream();
      Matcher found = KEY_IN_QUERY.matcher(head);
      boolean known = kind == Kind.CLASSIC_TOKEN && found.find();
      while (!known && unread > 0) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        start.write(next);
        unread--;
        if (next == '"') {
          found = KEY_IN_BODY.matcher(start.toString(ISO_8859_1));
          known = found.find();
        }
      }
      if (!known) {
        complain("a request without a key: " + head);
        raw.close();
        return false;
      }
      key = found.group(1);
      return true;
    }

    private void startTls() throws IOException {
      if (tls == null || raw.isClosed()) {
        return;
      }
      SSLSocket secured =
          (SSLSocket) tls.getSocketFactory().createSocket(raw, "proxied", raw.getPort(), true);
      secured.setUseClientMode(false);
      peer = secured;
      in = new BufferedInputStream(secured.getInputStream());
    }
  }
}
