package dev.wxnotify.server.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.RawHttp;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers of a port that stay open. */
final class HttpStreamTest {
  private static final int MOST = 8;
  private static final int MOST_STREAMS = 3;
  private static final int MAX_UNREAD = 100_000;
  private static final int MORE_THAN_SOCKETS_TAKE = 32 * 1024 * 1024;

  /** Of a client. It is set, since otherwise the kernel may extend it to as much as is sent. */
  private static final int RECEIVE_BUFFER = 64 * 1024;

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final String GET = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

  private final Sources sources = new Sources();
  private final List<AutoCloseable> open = new ArrayList<>();
  private HttpPort port = port(LONG, MAX_UNREAD);

  /** One source for each request; the test sends. */
  private static final class Sources implements HttpRoutes {
    private final BlockingQueue<HttpStream.Sink> sinks = new LinkedBlockingQueue<>();
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public @Nullable HttpAnswer answerHead(HttpRequest head) {
      return head.uri().equals("/live")
          ? HttpAnswer.text(HttpResponseStatus.OK, "alive\n").last()
          : null;
    }

    @Override
    public CompletionStage<HttpAnswer> answer(HttpRequest head, byte[] body) {
      return CompletableFuture.completedFuture(
          HttpAnswer.events(
              head.uri().equals("/broken")
                  ? sink -> {
                    throw new IllegalStateException("broken on purpose");
                  }
                  : sink -> {
                    sinks.add(sink);
                    return closed::incrementAndGet;
                  },
              Map.of("x-some", "header")));
    }

    HttpStream.Sink next() throws InterruptedException {
      HttpStream.Sink sink = sinks.poll(Await.LONGEST.toSeconds(), TimeUnit.SECONDS);
      if (sink == null) {
        throw new AssertionError("no stream was opened");
      }
      return sink;
    }
  }

  /** A client of a stream. */
  private static final class Listener implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Listener(int port, String request) throws IOException {
      socket = new Socket();
      socket.setReceiveBufferSize(RECEIVE_BUFFER);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout((int) Await.LONGEST.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Reads up to a line; fails where the stream ends before it. */
    List<String> through(String last) throws IOException {
      List<String> lines = new ArrayList<>();
      while (lines.isEmpty() || !lines.get(lines.size() - 1).equals(last)) {
        String line = in.readLine();
        if (line == null) {
          throw new IOException("ended after " + lines);
        }
        lines.add(line);
      }
      return lines;
    }

    String rest() throws IOException {
      StringBuilder rest = new StringBuilder();
      for (int next = in.read(); next >= 0; next = in.read()) {
        rest.append((char) next);
      }
      return rest.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private HttpPort port(Duration heartbeat, int maxUnread) {
    return new HttpPort(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        "test-port",
        Transport.NIO,
        new HttpPort.Limits(
            200,
            1_000,
            1_000,
            MOST * 1_000,
            MOST,
            LONG,
            LONG,
            LONG,
            new HttpPort.Streams(MOST_STREAMS, heartbeat, maxUnread)),
        sources);
  }

  @BeforeEach
  void start() throws IOException {
    port.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    port.close();
  }

  private Listener listen() throws IOException {
    return listen(GET);
  }

  private Listener listen(String request) throws IOException {
    Listener listener = new Listener(port.port(), request);
    open.add(listener);
    return listener;
  }

  private static byte[] event(String data) {
    return ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private void awaitClosed(int sourcesClosed) throws Exception {
    Await.until("closed sources", () -> sources.closed.get() == sourcesClosed);
  }

  private void assertServes() throws IOException {
    assertThat(RawHttp.ask(port.port(), "GET /live HTTP/1.1\r\nHost: x\r\n\r\n").status())
        .isEqualTo(200);
  }

  @Test
  void events_arriveAsTheyAreSent_inChunks() throws Exception {
    Listener listener = listen();
    HttpStream.Sink sink = sources.next();

    assertThat(listener.through(""))
        .contains("HTTP/1.1 200 OK", "content-type: text/event-stream", "x-some: header")
        .contains("cache-control: no-store", "transfer-encoding: chunked", "connection: close");
    assertThat(sink.send(event("one"))).isTrue();
    listener.through("data: one");
    assertThat(sink.send(event("二"))).isTrue();
    listener.through("data: 二");
    assertThat(sources.closed).hasValue(0);
  }

  @Test
  void source_thatEnds_endsTheConnectionAfterWhatItSent() throws Exception {
    Listener listener = listen();
    HttpStream.Sink sink = sources.next();
    sink.send(event("last"));
    sink.close();

    assertThat(listener.rest()).contains("data: last").endsWith("\r\n0\r\n\r\n");
    awaitClosed(1);
    assertThat(sink.send(event("late"))).isFalse();
  }

  @Test
  void oldClient_getsTheStreamWithoutChunks() throws Exception {
    Listener listener = listen("GET /events HTTP/1.0\r\n\r\n");
    HttpStream.Sink sink = sources.next();
    sink.send(event("one"));
    sink.close();

    assertThat(listener.rest()).doesNotContain("chunked").endsWith("\r\n\r\ndata: one\n\n");
  }

  @Test
  void head_opensNothing() throws Exception {
    assertThat(listen("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n").rest())
        .contains("text/event-stream");
    assertThat(sources.sinks).isEmpty();
  }

  @Test
  void source_thatCannotBeOpened_endsTheStream() throws Exception {
    assertThat(listen("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n").rest()).contains(" 200 OK");
    assertServes();
  }

  @Test
  void clientThatLeaves_closesTheSource() throws Exception {
    Listener listener = listen();
    HttpStream.Sink sink = sources.next();
    listener.close();

    awaitClosed(1);
    assertThat(sink.send(event("one"))).isFalse();
  }

  @Test
  void clientThatIsCut_closesTheSource() throws Exception {
    Listener listener = listen();
    sources.next();
    listener.socket.setSoLinger(true, 0); // A reset, and no end.
    listener.close();

    awaitClosed(1);
  }

  @Test
  void clientThatSpeaks_isClosed() throws Exception {
    Listener listener = listen();
    sources.next();
    listener.through("");
    listener.socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));

    awaitClosed(1);
    assertThat(sources.sinks).isEmpty();
  }

  @Test
  void clientThatDoesNotRead_isDroppedAtTheBound_andOthersGoOn() throws Exception {
    listen();
    HttpStream.Sink slow = sources.next();
    Listener reader = listen();
    HttpStream.Sink quick = sources.next();
    byte[] large = event("x".repeat(MAX_UNREAD - 10_000));

    Await.until("the bound", () -> !slow.send(large));

    awaitClosed(1);
    assertThat(quick.send(event("still"))).isTrue();
    reader.through("data: still");
  }

  @Test
  void heartbeats_areComments() throws Exception {
    port.close();
    port = port(Duration.ofMillis(50), MAX_UNREAD);
    port.start();
    Listener listener = listen();
    sources.next();

    listener.through(":");
    listener.through(":");
  }

  /** The bound is not reached: only time tells. */
  @Test
  void clientThatReadsNothingBetweenHeartbeats_isDropped() throws Exception {
    port.close();
    port = port(Duration.ofMillis(100), Integer.MAX_VALUE);
    port.start();
    listen();
    HttpStream.Sink sink = sources.next();

    assertThat(sink.send(new byte[MORE_THAN_SOCKETS_TAKE])).isTrue();

    awaitClosed(1);
  }

  @Test
  void streams_beyondTheBound_areRefused_andAPlaceThatIsFreeIsTakenAgain() throws Exception {
    Listener first = listen();
    sources.next();
    for (int i = 1; i < MOST_STREAMS; i++) {
      listen();
      sources.next();
    }

    assertThat(listen().rest())
        .startsWith("HTTP/1.1 503 ")
        .endsWith("too many streams are open (at most 3)\n");
    assertThat(sources.sinks).isEmpty();

    first.close();
    awaitClosed(1);
    Listener next = listen();
    sources.next().send(event("one"));
    next.through("data: one");
  }

  /** All places for connections are taken by idle ones: streams stay, and requests are served. */
  @Test
  void idleConnections_displaceNoStream_andStreamsDisplaceNoRequest() throws Exception {
    Listener stream = listen();
    HttpStream.Sink sink = sources.next();
    for (int i = 1; i < MOST_STREAMS; i++) {
      listen();
      sources.next();
    }
    for (int i = 0; i < 3 * MOST; i++) {
      open.add(new RawHttp(port.port()));
      assertServes();
    }

    assertThat(sources.closed).hasValue(0);
    assertThat(sink.send(event("still"))).isTrue();
    stream.through("data: still");
  }

  @Test
  void close_endsStreams() throws Exception {
    Listener listener = listen();
    sources.next();
    listener.through("");
    port.close(LONG);

    assertThat(sources.closed).hasValue(1);
    assertThat(listener.rest()).isEmpty();
  }
}
