package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.testing.LogCapture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which sockets are kept, without sockets. */
class ConnectionLimitTest {
  private static final int MOST = 10;

  private final ConnectionLimit limit = new ConnectionLimit(MOST);
  private final EmbeddedChannel listening = new EmbeddedChannel(limit);

  private EmbeddedChannel accept() {
    EmbeddedChannel connection = new EmbeddedChannel();
    listening.writeInbound(connection);
    return connection;
  }

  private List<EmbeddedChannel> accept(int many) {
    return IntStream.range(0, many).mapToObj(i -> accept()).toList();
  }

  /** They cost a descriptor each, whether or not they ever say anything. */
  @Test
  void silentOnes_countFromAccept_andTheOldestLeaveFirst() {
    List<EmbeddedChannel> silent = accept(5 * MOST);

    assertThat(limit.open()).isEqualTo(MOST);
    assertThat(silent.subList(0, 4 * MOST)).noneMatch(EmbeddedChannel::isOpen);
    assertThat(silent.subList(4 * MOST, 5 * MOST)).allMatch(EmbeddedChannel::isOpen);
  }

  @Test
  void thoseThatHaveSpoken_stay_andTheNewOneLeaves() {
    List<EmbeddedChannel> speaking = accept(MOST);
    speaking.forEach(limit::established);

    EmbeddedChannel next = accept();

    assertThat(next.isOpen()).isFalse();
    assertThat(speaking).allMatch(EmbeddedChannel::isOpen);
    var ignored = speaking.get(0).close();
    assertThat(accept().isOpen()).isTrue();
    assertThat(limit.open()).isEqualTo(MOST);
  }

  @Test
  void oneAddress_beyondItsBurst_isRefused() {
    int accepted = 0;
    for (int i = 0; i < 3 * PeerRate.BURST; i++) {
      EmbeddedChannel connection = accept();
      accepted += connection.isOpen() ? 1 : 0;
      var ignored = connection.close();
    }

    assertThat(accepted).isBetween(PeerRate.BURST, 3 * PeerRate.BURST - 1);
    assertThat(limit.open()).isZero();
  }

  @Test
  void abuse_countsAsConnectionsOfItsAddress() {
    EmbeddedChannel abusive = accept();

    limit.count(abusive, 10 * PeerRate.BURST);

    assertThat(accept().isOpen()).isFalse();
    assertThat(abusive.isOpen()).isTrue();
  }

  /** As long as there are none, each attempt to accept fails at once, and would write a line. */
  @Test
  void noDescriptorsLeft_acceptingRestsAndTheOldestSilentOneLeaves() {
    try (LogCapture log = LogCapture.open()) {
      List<EmbeddedChannel> open = accept(2);
      limit.established(open.get(0));
      listening.freezeTime();

      listening.pipeline().fireExceptionCaught(new IOException("too many open files"));

      assertThat(listening.config().isAutoRead()).isFalse();
      assertThat(open).extracting(EmbeddedChannel::isOpen).containsExactly(true, false);
      assertThat(log.lines(Level.WARN, "too many open files")).hasSize(1);

      listening.advanceTimeBy(1, TimeUnit.SECONDS);
      listening.runScheduledPendingTasks();
      assertThat(listening.config().isAutoRead()).isTrue();
    }
  }
}
