package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerRateTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SocketAddress peer = new InetSocketAddress("192.0.2.1", 1);
  private final PeerRate rate = new PeerRate(new Random(1), 0);

  @Test
  void burst_isLetIn_andThenTheRate() {
    assertThat(letIn(peer, 2 * PeerRate.BURST, 0)).isEqualTo(PeerRate.BURST);
    assertThat(letIn(peer, PeerRate.BURST, SECOND)).isEqualTo(PeerRate.PER_SECOND);
  }

  @Test
  void pause_makesItAsGoodAsNew() {
    letIn(peer, PeerRate.BURST, 0);

    assertThat(letIn(peer, 2 * PeerRate.BURST, 3_600 * SECOND)).isEqualTo(PeerRate.BURST);
  }

  @Test
  void otherAddresses_areNotTouched() {
    letIn(peer, 2 * PeerRate.BURST, 0);

    assertThat(letIn(new InetSocketAddress("192.0.2.2", 1), 10, 0)).isEqualTo(10);
  }

  @Test
  void networkOfIpv6_isOnePeer() {
    letIn(new InetSocketAddress("2001:db8:1:2::1", 1), 2 * PeerRate.BURST, 0);

    assertThat(letIn(new InetSocketAddress("2001:db8:1:2:3::4", 1), 10, 0)).isZero();
    assertThat(letIn(new InetSocketAddress("2001:db8:1:3::1", 1), 10, 0)).isEqualTo(10);
  }

  @Test
  void abuse_costsConnections_andIsForgivenAtTheRate() {
    rate.count(peer, 100 * PeerRate.BURST, 0);

    long ban = PeerRate.LONGEST_BAN.toNanos();
    assertThat(letIn(peer, 10, 0)).isZero();
    assertThat(letIn(peer, 10, ban)).isZero();
    assertThat(letIn(peer, PeerRate.BURST, ban + SECOND)).isEqualTo(PeerRate.PER_SECOND);
  }

  /** Each connection of a peer that goes on so costs what it is worth, and not only the first. */
  @Test
  void abuse_onEachConnection_limitsThemByItsCost() {
    int cost = PeerRate.PER_SECOND / 10;
    rate.count(peer, PeerRate.BURST, 0);
    int letIn = 0;
    for (int millis = 0; millis < 10_000; millis++) {
      if (rate.tryConnect(peer, millis * SECOND / 1_000)) {
        rate.count(peer, cost, millis * SECOND / 1_000);
        letIn++;
      }
    }

    assertThat(letIn).isBetween(95, 100);
  }

  private int letIn(SocketAddress from, int connections, long nowNanos) {
    int letIn = 0;
    for (int i = 0; i < connections; i++) {
      letIn += rate.tryConnect(from, nowNanos) ? 1 : 0;
    }
    return letIn;
  }
}
