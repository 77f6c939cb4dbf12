package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.RawHttp2;
import dev.wxnotify.v1.NotificationServiceGrpc;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malicious clients, over raw sockets; others are served all the time. */
@Timeout(120)
class HostileClientTest {
  private static final String SEND = "/wxnotify.v1.NotificationService/SendSubscribeMessage";
  private static final String BATCH = "/wxnotify.v1.NotificationService/BatchSend";
  private static final String CHECK = "/grpc.health.v1.Health/Check";
  private static final String PADDING = "padding";
  private static final int SEED = 20_261_128;

  /** What HTTP/2 counts for a header in addition to its text. */
  private static final int HEADER = 32;

  private static final int MOST_CONNECTIONS = 20;

  private final HeldGateway gateway = new HeldGateway();

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(gateway)
          .with(
              settings ->
                  new GrpcServer.Settings(
                      settings.address(),
                      true,
                      null,
                      List.of(),
                      false,
                      new ConnectionSettings(
                          MOST_CONNECTIONS, Duration.ofMinutes(30), Duration.ofHours(1))));

  /** Calls are opened and cancelled as fast as a socket allows (CVE-2023-44487). */
  @Test
  void rapidReset_endsTheConnection_andOthersAreServed() throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      byte[] headers = RawHttp2.headers(SEND);
      boolean cutOff = false;
      int sent = 0;
      try {
        for (int stream = 1; stream < 200_000; stream += 2) {
          attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, headers).cancel(stream);
          sent++;
          if (stream % 20_001 == 0) {
            assertServed();
          }
        }
        attacker.flush();
        cutOff = attacker.readUntil(RawHttp2.GOAWAY);
      } catch (SocketException reset) {
        cutOff = true;
      }

      assertThat(cutOff).as("cut off").isTrue();
      assertThat(sent).isGreaterThan(ConnectionSettings.MAX_RESETS / 2);
      assertServed();
      assertThat(gateway.attempts()).as("no call of the attacker came through").hasSizeLessThan(20);
    }
  }

  /** Connections that send only part of their preface or headers. */
  @Test
  void slowClients_keepOthersFromNothing() throws Exception {
    List<RawHttp2> slow = new ArrayList<>();
    try {
      byte[] headers = RawHttp2.headers(SEND, "authorization", "x".repeat(1_000));
      for (int i = 0; i < MOST_CONNECTIONS / 2; i++) {
        RawHttp2 client =
            i % 2 == 0 ? RawHttp2.connect(server.port()) : RawHttp2.open(server.port());
        slow.add(client);
        if (i % 2 == 0) {
          client.write((byte) 'P', (byte) 'R').flush();
        } else {
          client.frame(RawHttp2.HEADERS, 0, 1, Arrays.copyOf(headers, 20)).flush();
        }
      }
      for (int i = 20; i < 120; i++) { // One byte after another.
        for (int j = 1; j < slow.size(); j += 2) {
          slow.get(j).frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {headers[i]}).flush();
        }
        if (i % 20 == 0) {
          assertServed();
        }
      }
      assertServed();
    } catch (SocketException cutOff) {
      assertServed(); // To be cut off is fine too.
    } finally {
      for (RawHttp2 each : slow) {
        each.close();
      }
    }
  }

  /** Endless headers, in frames that never have the END_HEADERS flag. */
  @Test
  void endlessHeaders_endTheConnection() throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      byte[] part = Arrays.copyOf(RawHttp2.headers(SEND, "a", "x".repeat(15_000)), 15_000);
      assertCutsOff(
          attacker,
          () -> {
            attacker.frame(RawHttp2.HEADERS, 0, 1, part);
            for (int i = 0; i < 1_000; i++) {
              attacker.frame(RawHttp2.CONTINUATION, 0, 1, part).flush();
            }
          });
      assertServed();
    }
  }

  @Test
  void headers_beyondTheLimit_areRefused() {
    ManagedChannel channel = server.newChannel();
    Metadata large = new Metadata();
    large.put(
        Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER),
        "x".repeat(ConnectionSettings.MAX_METADATA));

    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                NotificationServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(large))
                    .sendSubscribeMessage(Requests.single("o")));

    assertThatStatus(failure)
        .isError(
            Status.Code.RESOURCE_EXHAUSTED, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_NOT_SENT)
        .says("metadata");
    assertThat(gateway.attempts()).isEmpty();
    assertServed();
  }

  /** A status that every client understands, where HTTP/2 allows one. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        ConnectionSettings.MAX_METADATA + 1,
        2 * ConnectionSettings.MAX_METADATA + 1,
        ConnectionSettings.MAX_METADATA_READ,
      })
  void metadata_beyondTheLimit_isRefusedWithDetails_andTheConnectionGoesOn(int size)
      throws Exception {
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      Http2Headers refused = client.call(1, checkOf(size)).flush().readHeaders();

      assertThat(refused.status()).hasToString("200");
      assertThat(refused.get("grpc-status"))
          .hasToString(Integer.toString(Status.Code.RESOURCE_EXHAUSTED.value()));
      assertThat(refused.get("grpc-message"))
          .contains("more than " + ConnectionSettings.MAX_METADATA + " bytes");
      assertThat(refused.get("grpc-status-details-bin")).isNotEmpty();
      assertAnswers(client, 3, ConnectionSettings.MAX_METADATA);
    }
  }

  /** HTTP/2 counts all headers; gRPC lists some of them apart. */
  @Test
  void path_beyondTheLimit_isRefusedAsMetadataIs() throws Exception {
    String path = "/" + "x".repeat(ConnectionSettings.MAX_METADATA);
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      Http2Headers refused = client.call(1, RawHttp2.headers(path)).flush().readHeaders();

      assertThat(refused.get("grpc-status"))
          .hasToString(Integer.toString(Status.Code.RESOURCE_EXHAUSTED.value()));
    }
  }

  /** HTTP/2 itself answers: docs/errors.md says what clients make of it. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        ConnectionSettings.MAX_METADATA_READ + 1,
        ConnectionSettings.MAX_METADATA_READ + 4096
      })
  void metadata_beyondWhatIsRead_isRefusedByHttp_andTheConnectionGoesOn(int size) throws Exception {
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      Http2Headers refused = client.call(1, checkOf(size)).flush().readHeaders();

      assertThat(refused.status()).hasToString("431");
      assertThat(refused.contains("grpc-status")).isFalse();
      assertAnswers(client, 3, ConnectionSettings.MAX_METADATA);
    }
  }

  @Test
  void metadata_farBeyondWhatIsRead_endsTheConnection() throws Exception {
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      client.call(1, checkOf(2 * ConnectionSettings.MAX_METADATA_READ)).flush();

      assertThat(client.readUntil(RawHttp2.HEADERS)).as("an answer before the end").isFalse();
    } catch (SocketException reset) {
      // It has ended before all of it was written.
    }
    assertServed();
  }

  /** Calls the health service with headers of {@code size} bytes, and expects OK. */
  private static void assertAnswers(RawHttp2 client, int stream, int size) throws Exception {
    Http2Headers headers = client.call(stream, checkOf(size)).flush().readHeaders();
    assertThat(headers.contains("grpc-status")).as("are no trailers yet").isFalse();
    assertThat(client.readHeaders().get("grpc-status")).hasToString("0");
  }

  /** Returns the headers of a call of the health service, of a size as HTTP/2 counts it. */
  private static byte[] checkOf(int size) throws Http2Exception {
    byte[] shortest = RawHttp2.headers(CHECK, PADDING, "");
    int others = 0;
    for (Map.Entry<CharSequence, CharSequence> each :
        new DefaultHttp2HeadersDecoder(false).decodeHeaders(1, Unpooled.wrappedBuffer(shortest))) {
      others += each.getKey().length() + each.getValue().length() + HEADER;
    }
    return RawHttp2.headers(CHECK, PADDING, "x".repeat(size - others));
  }

  /** Pings and settings that only cause work. */
  @Test
  void pingFlood_endsTheConnection() throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      assertCutsOff(
          attacker,
          () -> {
            for (int i = 0; i < 10_000; i++) {
              attacker.frame(RawHttp2.PING, 0, 0, new byte[8]);
            }
            attacker.flush();
          });
      assertServed();
    }
  }

  static Stream<Arguments> floods() {
    byte[] grow = {0, 0, 0, 1};
    return Stream.of(
        flood("empty DATA", RawHttp2.DATA, 0, 1),
        flood("DATA of padding", RawHttp2.DATA, RawHttp2.PADDED, 1, (byte) 0),
        flood("DATA of one byte", RawHttp2.DATA, 0, 1, (byte) 0),
        flood("settings", RawHttp2.SETTINGS, 0, 0),
        flood("answers to no settings", RawHttp2.SETTINGS, RawHttp2.ACK, 0),
        flood("answers to no ping", RawHttp2.PING, RawHttp2.ACK, 0, new byte[8]),
        flood("windows", RawHttp2.WINDOW_UPDATE, 0, 0, grow),
        flood("windows of streams that are over", RawHttp2.WINDOW_UPDATE, 0, 3, grow),
        flood("priorities", RawHttp2.PRIORITY, 0, 1, new byte[5]),
        flood("resets of a stream that is over", RawHttp2.RST_STREAM, 0, 3, new byte[4]),
        flood("unknown frames", 200, 0, 0, new byte[8]));
  }

  private static Arguments flood(String name, int type, int flags, int stream, byte... payload) {
    return Arguments.argumentSet(name, type, flags, stream, payload);
  }

  /** Each frame is allowed, but this many of them are not. */
  @ParameterizedTest
  @MethodSource("floods")
  void flood_ofFramesThatCarryNothing_endsTheConnection(
      int type, int flags, int stream, byte[] payload) throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      attacker
          .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.headers(BATCH))
          .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 3, RawHttp2.headers(BATCH))
          .cancel(3)
          .frame(RawHttp2.DATA, 0, 1, new byte[] {0, 0, 3, 0, 0});
      assertCutsOff(
          attacker,
          () -> {
            for (int i = 0; i < 2 * FrameGuard.MAX_IDLE; i++) {
              attacker.frame(type, flags, stream, payload);
            }
            attacker.flush();
          });
      assertServed();
    }
  }

  /** Whether or not the client has acknowledged the limit. */
  @Test
  void streams_beyondTheBound_endTheConnection() throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      assertCutsOff(
          attacker,
          () -> {
            for (int i = 0; i < ConnectionSettings.MAX_CALLS + 2 * FrameGuard.MAX_MISTAKES; i++) {
              attacker.frame(
                  RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, RawHttp2.headers(BATCH));
            }
            attacker.flush();
          });
      assertServed();
    }
  }

  /** The server holds no more answers than fit into buffers, and reads no calls meanwhile. */
  @Test
  void clientThatDoesNotRead_isNotReadFrom() throws Exception {
    AtomicInteger written = new AtomicInteger();
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      byte[] call = RawHttp2.headers(CHECK, "padding", "x".repeat(1_000));
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int stream = 1; stream < 2_000_000; stream += 2) {
                    attacker
                        .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, call)
                        .frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]);
                    written.incrementAndGet();
                  }
                } catch (IOException closed) {
                  // The server ends the connection.
                }
              });
      thread.setDaemon(true);
      thread.start();
      AtomicInteger before = new AtomicInteger(-1);
      Await.until(
          "the attacker cannot write",
          () -> {
            assertServed();
            int now = written.get();
            return now > 0 && before.getAndSet(now) == now;
          });
      assertThat(thread.isAlive()).as("waits for the server").isTrue();
      assertThat(written.get()).isLessThan(200_000);
    }
  }

  /** Rejecting calls also takes time from other callers. */
  @Test
  void connection_ofManyRefusedCalls_rests() throws Exception {
    int rests = 6;
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      byte[] call = RawHttp2.headers("/no/thing");
      long began = System.nanoTime();
      int stream = 1;
      for (int rest = 0; rest < rests; rest++) {
        for (int i = 0; i < FrameGuard.REFUSALS_BEFORE_REST; i++, stream += 2) {
          attacker.frame(
              RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream, call);
        }
        attacker.flush();
        for (int i = 0; i < FrameGuard.REFUSALS_BEFORE_REST; i++) {
          assertThat(attacker.readUntil(RawHttp2.HEADERS)).as("answer " + i).isTrue();
        }
        assertServed();
      }
      attacker.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
      assertThat(attacker.readUntil(RawHttp2.PING)).isTrue();

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThan(FrameGuard.REST.multipliedBy(rests));
    }
  }

  /**
   * A client that connects anew after each time that it was cut off. It has several connections at
   * a time, since its abuse is forgiven while it waits for the server.
   */
  @Test
  void abuse_onOneConnectionAfterAnother_isRefusedAtLast() throws Exception {
    assertServed(); // The honest one is connected.
    int connections = 0;
    while (isTakenIn()) {
      assertThat(connections).as("far fewer than a burst").isLessThan(PeerRate.BURST / 8);
      connections += MOST_CONNECTIONS / 2;
      abuse(MOST_CONNECTIONS / 2);
    }
    assertServed();
  }

  private void abuse(int connections) throws IOException {
    List<RawHttp2> attackers = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      try {
        RawHttp2 attacker = RawHttp2.open(server.port());
        attackers.add(attacker);
        for (int frame = 0; frame < 2 * FrameGuard.MAX_SETTINGS; frame++) {
          attacker.frame(RawHttp2.SETTINGS, 0, 0);
        }
        attacker.flush();
      } catch (SocketException cutOff) {
        // It is over before all was written.
      }
    }
    for (RawHttp2 attacker : attackers) {
      while (attacker.read() != null) {
        // To the end: then it takes no room from the next ones.
      }
      attacker.close();
    }
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.argumentSet(
            "a window that grows by nothing", RawHttp2.WINDOW_UPDATE, 0, new byte[4]),
        Arguments.argumentSet("DATA after the end", RawHttp2.DATA, 0, new byte[5]));
  }

  /** The client resets nothing, and makes the server reset streams. */
  @ParameterizedTest
  @MethodSource("mistakes")
  void resets_thatTheServerHasToMake_endTheConnection(int type, int flags, byte[] payload)
      throws Exception {
    try (RawHttp2 attacker = RawHttp2.open(server.port())) {
      assertCutsOff(
          attacker,
          () -> {
            for (int stream = 1; stream < 8 * FrameGuard.MAX_MISTAKES; stream += 2) {
              attacker
                  .frame(
                      RawHttp2.HEADERS,
                      RawHttp2.END_HEADERS | (type == RawHttp2.DATA ? RawHttp2.END_STREAM : 0),
                      stream,
                      RawHttp2.headers(BATCH))
                  .frame(type, flags, stream, payload);
            }
            attacker.flush();
          });
      assertServed();
    }
  }

  /** A client that extends the window for each result sends more frames than the limit. */
  @Test
  void windows_thatGrowWithTheAnswers_areNoFlood() throws Exception {
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      byte[] grow = {0, 0, 0, 1};
      for (int i = 0; i < FrameGuard.MAX_IDLE / 4; i++) {
        int stream = 2 * i + 1;
        client
            .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.headers(CHECK))
            .frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5])
            .flush();
        assertThat(client.readUntil(RawHttp2.DATA)).as("call " + i).isTrue();
        for (int j = 0; j < 5; j++) {
          client.frame(RawHttp2.WINDOW_UPDATE, 0, 0, grow);
        }
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
      assertThat(client.readUntil(RawHttp2.PING)).isTrue();
    }
  }

  /** A request stays the same, however its bytes are split into frames. */
  @Test
  void request_inPieces_isRead() throws Exception {
    gateway.go(HeldGateway.Until.ANSWERED);
    Random random = new Random(SEED);
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      for (int i = 0; i < 50; i++) {
        int stream = 2 * i + 1;
        byte[] request = Requests.single("in-pieces-" + i).toByteArray();
        ByteBuffer message = ByteBuffer.allocate(5 + request.length);
        message.put((byte) 0).putInt(request.length).put(request).flip();
        client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.headers(SEND));
        while (message.hasRemaining()) {
          byte[] piece = new byte[Math.min(message.remaining(), 1 + random.nextInt(1 + i))];
          message.get(piece);
          client.frame(RawHttp2.DATA, 0, stream, piece);
        }
        client.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[0]).flush();
      }
      assertThat(gateway.awaitAttempts(50))
          .extracting(attempt -> attempt.message().openId())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 50).mapToObj(i -> "in-pieces-" + i).toList());
    }
  }

  /** Many items in one frame, and frames that end in the middle of one. */
  @Test
  void items_inPieces_areRead() throws Exception {
    gateway.go(HeldGateway.Until.ANSWERED);
    ByteArrayOutputStream items = new ByteArrayOutputStream();
    for (int i = 0; i < 300; i++) {
      byte[] item = Requests.item("item-" + i).toByteArray();
      items.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(item.length).array());
      items.writeBytes(item);
    }
    Random random = new Random(SEED);
    ByteBuffer all = ByteBuffer.wrap(items.toByteArray());
    try (RawHttp2 client = RawHttp2.open(server.port())) {
      client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.headers(BATCH));
      while (all.hasRemaining()) {
        byte[] piece = new byte[Math.min(all.remaining(), 1 + random.nextInt(2_000))];
        all.get(piece);
        client.frame(RawHttp2.DATA, all.hasRemaining() ? 0 : RawHttp2.END_STREAM, 1, piece).flush();
      }
      assertThat(gateway.awaitAttempts(300))
          .extracting(attempt -> attempt.message().openId())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 300).mapToObj(i -> "item-" + i).toList());
    }
  }

  @Test
  void silentSockets_makeRoomForThoseThatSpeak() throws Exception {
    List<RawHttp2> silent = new ArrayList<>();
    try (RawHttp2 early = RawHttp2.open(server.port())) {
      assertThat(answersPing(early)).isTrue();
      for (int i = 0; i < 5 * MOST_CONNECTIONS; i++) {
        silent.add(RawHttp2.connect(server.port()));
      }
      assertThat(isTakenIn()).isTrue();
      assertServed();
      assertThat(silent.get(0).readUntil(RawHttp2.PING)).as("the oldest is closed").isFalse();
      assertThat(answersPing(early)).as("who has spoken stays").isTrue();
    } finally {
      for (RawHttp2 each : silent) {
        each.close();
      }
    }
  }

  @Test
  void connections_oneTooMany_isClosed_andTheOthersGoOn() throws Exception {
    List<RawHttp2> open = new ArrayList<>();
    try {
      assertServed(); // On a separate connection, which stays open.
      for (int i = 1; i < MOST_CONNECTIONS; i++) {
        RawHttp2 next = RawHttp2.open(server.port());
        open.add(next);
        assertThat(answersPing(next)).as("connection " + i).isTrue();
      }
      assertThat(isTakenIn()).isFalse();
      assertServed();

      open.remove(0).close();

      Await.until("there is room again", this::isTakenIn);
    } finally {
      for (RawHttp2 each : open) {
        each.close();
      }
    }
  }

  /** The server sends its settings before it counts a connection, and answers a ping after that. */
  private static boolean answersPing(RawHttp2 connection) throws IOException {
    connection.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
    return connection.readUntil(RawHttp2.PING);
  }

  private boolean isTakenIn() throws IOException {
    try (RawHttp2 next = RawHttp2.open(server.port())) {
      return answersPing(next);
    } catch (SocketException closed) {
      return false;
    }
  }

  /**
   * With a GOAWAY, or in the middle of the attack: then a GOAWAY may be lost with what the attacker
   * has sent meanwhile. A connection that stays open ends the test by the timeout of its socket.
   */
  private static void assertCutsOff(RawHttp2 attacker, ThrowingRunnable attack) throws Exception {
    try {
      attack.run();
      if (attacker.readUntil(RawHttp2.GOAWAY)) {
        return;
      }
      assertThat(attacker.read()).as("what follows the end").isNull();
    } catch (SocketException reset) {
      assertThat(reset).hasMessageMatching("(?i).*(reset|broken pipe|closed|aborted).*");
    }
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  private void assertServed() {
    assertThat(
            server
                .blocking()
                .withDeadlineAfter(Await.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .sendSubscribeMessage(Requests.single("honest"))
                .getMessageId())
        .isEqualTo(HeldGateway.idOf("honest"));
  }
}
