package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.RawHttp2;
import dev.wxnotify.v1.NotificationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that mean harm, over raw sockets; others are served all the time. */
@Timeout(120)
class HostileClientTest {
  private static final String SEND = "/wxnotify.v1.NotificationService/SendSubscribeMessage";
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

  /** Calls are begun and cancelled as fast as a socket takes it (CVE-2023-44487). */
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

  /** Connections that say nothing, or half of what they have to. */
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
      for (int i = 20; i < 120; i++) { // One byte after the other.
        for (int j = 1; j < slow.size(); j += 2) {
          slow.get(j).frame(RawHttp2.CONTINUATION, 0, 1, new byte[] {headers[i]}).flush();
        }
        if (i % 20 == 0) {
          assertServed();
        }
      }
      assertServed();
    } catch (SocketException cutOff) {
      assertServed(); // So much the better.
    } finally {
      for (RawHttp2 each : slow) {
        each.close();
      }
    }
  }

  /** Headers without an end, in frames that never say that they are the last. */
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

    assertThat(failure.getStatus().getCode())
        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INTERNAL, Status.Code.UNKNOWN);
    assertThat(gateway.attempts()).isEmpty();
    assertServed();
  }

  /** Pings and settings that only make work. */
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

  @Test
  void connections_oneTooMany_isClosed_andTheOthersGoOn() throws Exception {
    List<RawHttp2> open = new ArrayList<>();
    try {
      assertServed(); // On a connection of its own, which stays.
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

  /** The server's settings come before it counts a connection, the answer to a ping after that. */
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

  /** With a word, or in the middle of the attack. */
  private static void assertCutsOff(RawHttp2 attacker, ThrowingRunnable attack) throws Exception {
    boolean cutOff;
    try {
      attack.run();
      cutOff = attacker.readUntil(RawHttp2.GOAWAY);
    } catch (SocketException reset) {
      cutOff = true;
    }
    assertThat(cutOff).isTrue();
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
