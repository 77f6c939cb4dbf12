package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.OutcomeLedger;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.redis.Backlog.Entry;
import dev.wxnotify.server.redis.Backlog.News;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BacklogTest {
  private static final int LIMIT = 3;
  private static final News ACCEPTED = new News("f", new SendOutcome.Accepted("1"), 7);

  @RegisterExtension final CapturedLog log = new CapturedLog();

  private final FakeClock clock = new FakeClock();
  private final Backlog backlog = new Backlog(LIMIT, clock.nanos());

  private static OutcomeLedger.Key key(int i) {
    return new OutcomeLedger.Key("caller", "request-" + i);
  }

  private static News released(long lastClaim) {
    return new News("", null, lastClaim);
  }

  @Test
  void after_more_areThoseThatWaitLongest() {
    backlog.add(key(1), ACCEPTED);
    backlog.add(key(2), ACCEPTED);
    backlog.add(key(3), ACCEPTED);

    assertThat(backlog.after(0, 2)).extracting(Entry::key).containsExactly(key(1), key(2));
    assertThat(backlog.after(0, 10)).hasSize(3);
    assertThat(backlog.size()).isEqualTo(3);
  }

  @Test
  void add_full_forgetsTheOldestAndCounts() {
    for (int i = 1; i <= LIMIT + 2; i++) {
      backlog.add(key(i), ACCEPTED);
    }

    assertThat(backlog.after(0, 10)).extracting(Entry::key).containsExactly(key(3), key(4), key(5));
    assertThat(backlog.forgotten()).isEqualTo(2);
  }

  @Test
  void add_again_isLastAndForgetsNobody() {
    for (int i = 1; i <= LIMIT; i++) {
      backlog.add(key(i), ACCEPTED);
    }

    backlog.add(key(1), ACCEPTED);

    assertThat(backlog.after(0, 10)).extracting(Entry::key).containsExactly(key(2), key(3), key(1));
    assertThat(backlog.forgotten()).isZero();
  }

  @Test
  void add_outcomeAfterARelease_isTheOutcome() {
    backlog.add(key(1), released(3));
    backlog.add(key(1), ACCEPTED);

    assertThat(backlog.of(key(1))).contains(ACCEPTED);
  }

  @Test
  void add_releaseAfterAnOutcome_leavesTheOutcome() {
    backlog.add(key(1), ACCEPTED);
    backlog.add(key(1), released(9));

    assertThat(backlog.of(key(1))).contains(ACCEPTED);
  }

  @Test
  void add_releaseAfterARelease_isTheLater() {
    backlog.add(key(1), released(3));
    backlog.add(key(1), released(9));

    assertThat(backlog.of(key(1))).contains(released(9));
  }

  @Test
  void told_otherNewsMeanwhile_leavesThose() {
    backlog.add(key(1), released(3));
    backlog.add(key(1), ACCEPTED);

    backlog.stored(key(1), released(3));
    assertThat(backlog.of(key(1))).contains(ACCEPTED);

    backlog.stored(key(1), ACCEPTED);
    assertThat(backlog.of(key(1))).isEmpty();
    assertThat(backlog.size()).isZero();
  }

  @Test
  void after_numberOfTheLast_areTheYoungerOnes() {
    for (int i = 1; i <= LIMIT; i++) {
      backlog.add(key(i), ACCEPTED);
    }
    List<Entry> first = backlog.after(0, 2);

    assertThat(backlog.after(first.get(1).number(), 2))
        .extracting(Entry::key)
        .containsExactly(key(3));
    assertThat(backlog.after(0, 2)).as("which Redis did not take").isEqualTo(first);
  }

  @Test
  void after_addedADayAgo_isGoneAndNotCounted() {
    backlog.add(key(1), ACCEPTED);
    clock.advance(Duration.ofHours(23));
    backlog.add(key(2), ACCEPTED);
    clock.advance(Duration.ofHours(1));

    assertThat(backlog.after(0, 10)).extracting(Entry::key).containsExactly(key(2));
    assertThat(backlog.size()).isEqualTo(1);
    assertThat(backlog.forgotten()).isZero();
  }

  @Test
  void add_full_warnsOnceAnHour() {
    for (int i = 1; i <= LIMIT; i++) {
      backlog.add(key(i), ACCEPTED);
    }
    assertThat(log.ofRedis(Level.WARN)).isEmpty();

    for (int i = 10; i <= 20; i++) {
      backlog.add(key(i), ACCEPTED);
    }
    assertThat(log.ofRedis(Level.WARN)).hasSize(1);
    assertThat(log.ofRedis(Level.WARN).get(0)).contains("wxnotify.ledger.max-entries (3)");

    clock.advance(Duration.ofHours(1));
    backlog.add(key(21), ACCEPTED);
    assertThat(log.ofRedis(Level.WARN)).hasSize(2);
  }
}
