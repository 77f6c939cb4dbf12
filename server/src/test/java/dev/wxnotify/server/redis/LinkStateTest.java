package dev.wxnotify.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.redis.LinkState.Kind;
import dev.wxnotify.server.redis.LinkState.Known;
import dev.wxnotify.server.redis.LinkState.Meaning;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LinkStateTest {
  @RegisterExtension final CapturedLog log = new CapturedLog();

  private final FakeClock clock = new FakeClock();
  private final LinkState state = new LinkState(clock.nanos());

  private void up() {
    assertThat(state.answered()).isEqualTo(Meaning.HEALED);
  }

  private void breakDown(String why) {
    assertThat(state.doubt(state.now(), why)).isTrue();
    state.failed(why);
  }

  @Test
  void now_nothingKnown_isDown() {
    assertThat(state.now().kind()).isEqualTo(Kind.DOWN);
    assertThat(state.now().why()).isNotEmpty();
    assertThat(state.now().verdict()).isCompletedWithValue(false);
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  @Test
  void doubt_whileUp_isOneProbe() {
    up();
    Known seen = state.now();

    assertThat(state.doubt(seen, "timed out")).isTrue();
    assertThat(state.doubt(seen, "timed out too")).isFalse();

    assertThat(state.now().kind()).isEqualTo(Kind.DOUBTED);
    assertThat(state.now().verdict()).isNotDone();
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  @Test
  void doubt_ofWhatWasKnownBefore_changesNothing() {
    up();
    Known seen = state.now();
    state.doubt(seen, "timed out");
    state.answered();

    assertThat(state.doubt(seen, "timed out, but long ago")).isFalse();

    assertThat(state.now().kind()).isEqualTo(Kind.UP);
  }

  @Test
  void answered_whileDoubted_isNoOutage() {
    up();
    state.doubt(state.now(), "timed out");
    Known doubted = state.now();

    assertThat(state.answered()).isEqualTo(Meaning.WELL);

    assertThat(state.now().kind()).isEqualTo(Kind.UP);
    assertThat(doubted.verdict()).isCompletedWithValue(true);
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
    assertThat(log.ofRedis(Level.INFO)).filteredOn(line -> line.equals("redis: up")).hasSize(1);
  }

  @Test
  void failed_whileDoubted_isAnOutageUntilTheNextAnswer() {
    up();
    clock.advance(LinkState.STEADY);
    state.doubt(state.now(), "timed out");
    Known doubted = state.now();

    state.failed("refused");

    assertThat(doubted.verdict()).isCompletedWithValue(false);
    assertThat(state.now().kind()).isEqualTo(Kind.DOWN);
    assertThat(state.now().why()).isEqualTo("refused");
    assertThat(log.ofRedis(Level.WARN))
        .containsExactly("redis: down: refused; continuing without it");
    up();
    assertThat(state.now().kind()).isEqualTo(Kind.UP);
  }

  @Test
  void failed_overAndOver_isSaidOnce() {
    for (int i = 0; i < 1_000; i++) {
      state.failed("refused");
      clock.advance(Duration.ofMillis(500));
    }

    assertThat(log.ofRedis(Level.WARN)).hasSize(1);
  }

  @Test
  void failed_reasonChangesAllTheTime_isKnownAtOnceAndSaidOnceAMinute() {
    int minutes = 5;
    for (int i = 0; i < minutes * 120; i++) {
      state.failed("refused by host " + i % 2);
      assertThat(state.now().why()).isEqualTo("refused by host " + i % 2);
      clock.advance(Duration.ofMillis(500));
    }

    assertThat(log.ofRedis(Level.WARN)).hasSizeBetween(minutes, minutes + 1);
  }

  @Test
  void failed_reasonBecomesClearALittleLater_isSaidAfterAMinute() {
    up();
    clock.advance(LinkState.STEADY);
    breakDown("not connected");
    for (int i = 0; i < 240; i++) {
      clock.advance(Duration.ofMillis(500));
      state.failed("NOAUTH");
    }

    assertThat(log.ofRedis(Level.WARN))
        .containsExactly(
            "redis: down: not connected; continuing without it",
            "redis: down: NOAUTH; continuing without it");
  }

  @Test
  void answered_afterOutagesInARow_isHeldLongerEachTime() {
    up();
    clock.advance(LinkState.STEADY);
    breakDown("slow");
    up();

    Duration hold = LinkState.FIRST_HOLD;
    for (int i = 0; i < 10; i++) {
      breakDown("slow");
      assertThat(state.answered()).isEqualTo(Meaning.HELD);
      clock.advance(hold.minusNanos(1));
      assertThat(state.answered()).isEqualTo(Meaning.HELD);
      clock.advance(Duration.ofNanos(1));
      up();
      Duration twice = hold.multipliedBy(2);
      hold = twice.compareTo(LinkState.LONGEST_HOLD) < 0 ? twice : LinkState.LONGEST_HOLD;
    }

    clock.advance(LinkState.STEADY);
    breakDown("gone");
    up();
  }

  @Test
  void answered_neitherWellNorGoneForAnHour_doesNotFloodTheLog() {
    Duration step = Duration.ofMillis(500);
    long steps = Duration.ofHours(1).dividedBy(step);
    for (int i = 0; i < steps; i++) {
      if (state.now().kind() == Kind.UP) {
        breakDown("slow");
      } else {
        state.answered();
      }
      clock.advance(step);
    }

    long perMinute = Duration.ofMinutes(1).dividedBy(LinkState.LONGEST_HOLD) + 1;
    assertThat(log.ofRedis(Level.WARN)).hasSizeLessThan((int) (60 * perMinute));
  }

  @Test
  void answered_singleCommandsFailAllTheTime_isSaidOnceAMinute() {
    up();
    for (int i = 0; i < 600; i++) {
      state.doubt(state.now(), "WRONGTYPE");
      state.answered();
      clock.advance(Duration.ofMillis(100));
    }

    assertThat(log.ofRedis(Level.INFO))
        .filteredOn(line -> line.contains("WRONGTYPE"))
        .hasSizeBetween(1, 2);
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }

  @Test
  void giveUp_whileStillDoubted_isAnOutageForThoseWhoWait() {
    up();
    state.doubt(state.now(), "timed out");
    Known doubted = state.now();

    state.giveUp(doubted);

    assertThat(doubted.verdict()).isCompletedWithValue(false);
    assertThat(state.now().kind()).isEqualTo(Kind.DOWN);
    assertThat(log.ofRedis(Level.WARN)).singleElement().asString().contains("timed out");
  }

  @Test
  void giveUp_ofADoubtThatIsOver_changesNothing() {
    up();
    state.doubt(state.now(), "timed out");
    Known doubted = state.now();
    state.answered();
    state.giveUp(doubted);
    assertThat(state.now().kind()).isEqualTo(Kind.UP);

    state.doubt(state.now(), "timed out again");
    state.giveUp(doubted);
    assertThat(state.now().kind()).isEqualTo(Kind.DOUBTED);

    Known up = state.now();
    state.answered();
    state.giveUp(state.now());
    assertThat(state.now().kind()).isEqualTo(Kind.UP);
    assertThat(up.verdict()).isCompletedWithValue(true);
    assertThat(log.ofRedis(Level.WARN)).isEmpty();
  }
}
