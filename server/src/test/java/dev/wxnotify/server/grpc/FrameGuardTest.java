package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.testing.RawHttp2;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a connection is not read from, and when it ends, on a connection without a socket. */
class FrameGuardTest {
  private static final byte[] CALL = RawHttp2.headers("/a.Service/Method");
  private static final byte[] RESET = {0, 0, 0, 8};

  private final EmbeddedConnection connection =
      new EmbeddedConnection(
          new Http2FrameAdapter(),
          new SharedRoom(Long.MAX_VALUE / 2, 0),
          new SharedRoom(Long.MAX_VALUE / 2, 0));

  @AfterEach
  void close() {
    connection.close();
  }

  private boolean isReadFrom() {
    return connection.channel().config().isAutoRead();
  }

  private boolean isEnded() {
    return connection.written().contains(RawHttp2.GOAWAY);
  }

  private void setWritable(boolean writable) {
    connection.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    connection.channel().runPendingTasks();
  }

  @Test
  void answersNotTaken_connectionIsNotReadFromUntilTheyAre() {
    assertThat(isReadFrom()).isTrue();

    setWritable(false);
    assertThat(isReadFrom()).isFalse();

    setWritable(true);
    assertThat(isReadFrom()).isTrue();
  }

  @Test
  void manyRefusals_connectionRests() {
    for (int i = 1; i < FrameGuard.REFUSALS_BEFORE_REST; i++) {
      connection.guard().sawRefusal();
    }
    assertThat(isReadFrom()).isTrue();

    connection.guard().sawRefusal();
    assertThat(isReadFrom()).isFalse();
    setWritable(false);
    setWritable(true);
    assertThat(isReadFrom()).as("it still rests").isFalse();

    connection.channel().advanceTimeBy(FrameGuard.REST.toMillis(), TimeUnit.MILLISECONDS);
    connection.channel().runScheduledPendingTasks();
    assertThat(isReadFrom()).isTrue();
  }

  @Test
  void settings_beyondTheBound_endTheConnection() {
    for (int i = 1; i < FrameGuard.MAX_SETTINGS; i++) { // The preface has the first ones.
      connection.receive(RawHttp2.SETTINGS, 0, 0);
    }
    assertThat(isEnded()).isFalse();

    connection.receive(RawHttp2.SETTINGS, 0, 0);
    assertThat(isEnded()).isTrue();
  }

  @Test
  void emptyData_beyondTheBound_endsTheConnection() {
    connection.receive(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, CALL);
    for (int i = 0; i < FrameGuard.MAX_EMPTY; i++) {
      connection.receive(RawHttp2.DATA, 0, 1);
    }
    assertThat(isEnded()).isFalse();

    connection.receive(RawHttp2.DATA, 0, 1);
    assertThat(isEnded()).isTrue();
  }

  /** Rapid resets that stay below the limit of a connection are counted by their address. */
  @Test
  void calls_thatTheClientCancels_costConnections() {
    for (int i = 0; i < 100; i++) {
      int stream = 2 * i + 1;
      connection.receive(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, CALL);
      connection.receive(RawHttp2.RST_STREAM, 0, stream, RESET);
    }

    assertThat(connection.costs()).isEqualTo(Collections.nCopies(10, 1));
  }

  @Test
  void abuse_costsManyConnections() {
    for (int i = 0; i < FrameGuard.MAX_SETTINGS; i++) {
      connection.receive(RawHttp2.SETTINGS, 0, 0);
    }

    assertThat(connection.costs()).containsExactly(40);
  }
}
