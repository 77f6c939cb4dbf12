package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.APP;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.SubscriptionFact.Kind;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the ledger remembers, and what it forgets. */
class SubscriptionLedgerTest {
  private final FakeClock clock = new FakeClock();
  private final SubscriptionLedger ledger = new SubscriptionLedger(false, clock.nanos());
  private final SubscriptionLedger shared = new SubscriptionLedger(true, clock.nanos());

  private static SubscriptionKey key(String user) {
    return new SubscriptionKey(APP, user, TEMPLATE);
  }

  private static SubscriptionFact fact(String user, Kind kind, int second) {
    return new SubscriptionFact(key(user), kind, T0.plusSeconds(second));
  }

  private static SubscriptionTimes refusedAt(int second) {
    return new SubscriptionTimes(null, null, T0.plusSeconds(second), null);
  }

  private static boolean isClosed(SubscriptionLedger ledger, String user) {
    return ledger.isKnownToBeClosed(APP, user, TEMPLATE);
  }

  @Test
  void subscription_isClosedByItsLastFact() {
    assertThat(isClosed(ledger, "u")).isFalse();
    ledger.learn(fact("u", Kind.REFUSED, 10));
    assertThat(isClosed(ledger, "u")).isTrue();
    assertThat(ledger.isKnownToBeClosed(APP, "u", "other")).isFalse();
    assertThat(ledger.isKnownToBeClosed("other", "u", TEMPLATE)).isFalse();
    ledger.learn(fact("u", Kind.ACCEPTED, 9));
    assertThat(isClosed(ledger, "u")).isTrue();
    ledger.learn(fact("u", Kind.ACCEPTED, 10));
    assertThat(isClosed(ledger, "u")).isFalse();
    ledger.learn(fact("u", Kind.REJECTED, 11));
    assertThat(isClosed(ledger, "u")).isTrue();
    ledger.learn(fact("u", Kind.SENT, 12));
    assertThat(isClosed(ledger, "u")).isFalse();
  }

  @Test
  void factThatReopens_beforeTheOneThatCloses_isRemembered() {
    ledger.learn(fact("u", Kind.ACCEPTED, 20));
    ledger.learn(fact("u", Kind.REFUSED, 10));

    assertThat(isClosed(ledger, "u")).isFalse();
  }

  @Test
  void factThatReopened_andWasForgotten_keepsEarlierOnesFromClosing() {
    ledger.learn(fact("u", Kind.SENT, 20));
    for (int i = 0; i < SubscriptionLedger.OPEN; i++) {
      ledger.learn(fact("other-" + i, Kind.SENT, 0));
    }

    ledger.learn(fact("u", Kind.REFUSED, 20));
    assertThat(isClosed(ledger, "u")).isFalse();
    ledger.learn(fact("u", Kind.ACCEPTED, 5));
    ledger.learn(fact("u", Kind.REFUSED, 10));
    assertThat(isClosed(ledger, "u")).isFalse();
    ledger.learn(fact("u", Kind.REFUSED, 21));
    assertThat(isClosed(ledger, "u")).isTrue();
  }

  @Test
  void closedOnes_stayClosed_whateverIsForgotten() {
    ledger.learn(fact("u", Kind.REFUSED, 20));
    for (int i = 0; i <= SubscriptionLedger.OPEN; i++) {
      ledger.learn(fact("other-" + i, Kind.SENT, 1_000));
    }
    ledger.learn(fact("u", Kind.REFUSED, 20));

    assertThat(isClosed(ledger, "u")).isTrue();
  }

  @Test
  void closedOnes_beyondTheMost_makeTheOldestLeave() {
    for (int i = 0; i <= SubscriptionLedger.CLOSED; i++) {
      ledger.learn(fact("user-" + i, Kind.REFUSED, 10));
    }

    assertThat(isClosed(ledger, "user-0")).isFalse();
    assertThat(isClosed(ledger, "user-1")).isTrue();
    assertThat(isClosed(ledger, "user-" + SubscriptionLedger.CLOSED)).isTrue();
  }

  @Test
  void store_isMergedWithWhatThisProcessKnows() {
    ledger.learn(fact("reopened-here", Kind.SENT, 30));
    ledger.learn(fact("closed-here", Kind.REFUSED, 10));
    Map<SubscriptionKey, SubscriptionTimes> stored = new LinkedHashMap<>();
    stored.put(key("reopened-here"), refusedAt(20));
    stored.put(
        key("closed-here"),
        new SubscriptionTimes(T0.plusSeconds(40), null, T0.plusSeconds(10), null));
    stored.put(key("stored"), refusedAt(20));

    ledger.learn(stored, true, clock.nanos().getAsLong());

    assertThat(isClosed(ledger, "reopened-here")).isFalse();
    assertThat(isClosed(ledger, "closed-here")).isFalse();
    assertThat(isClosed(ledger, "stored")).isTrue();
  }

  @Test
  void storeWithMoreChangesThanWereRead_makesTheOthersUnknown() {
    ledger.learn(fact("u", Kind.REFUSED, 10));

    ledger.learn(Map.of(key("v"), refusedAt(20)), false, clock.nanos().getAsLong());

    assertThat(isClosed(ledger, "u")).isFalse();
    assertThat(isClosed(ledger, "v")).isTrue();
  }

  @Test
  void sharedStore_thatWasNotRead_orNotLately_leavesEverythingOpen() {
    shared.learn(fact("u", Kind.REFUSED, 10));
    assertThat(isClosed(shared, "u")).isFalse();

    shared.learn(Map.of(), true, clock.nanos().getAsLong());
    assertThat(isClosed(shared, "u")).isTrue();

    clock.advance(SubscriptionLedger.TRUST);
    assertThat(isClosed(shared, "u")).isFalse();
    shared.learn(Map.of(), true, clock.nanos().getAsLong());
    assertThat(isClosed(shared, "u")).isTrue();
    clock.advance(Duration.ofSeconds(4));
    assertThat(isClosed(shared, "u")).isTrue();
  }

  @Test
  void times_tellTheStateOfTheLastFact() {
    Instant ten = T0.plusSeconds(10);
    assertThat(SubscriptionTimes.NONE.state()).isEqualTo(SubscriptionTimes.State.UNKNOWN);
    assertThat(new SubscriptionTimes(null, ten, null, null).state())
        .isEqualTo(SubscriptionTimes.State.REJECTED);
    assertThat(new SubscriptionTimes(ten, null, ten.plusMillis(999), null).state())
        .isEqualTo(SubscriptionTimes.State.ACCEPTED);
    assertThat(new SubscriptionTimes(ten, ten, ten.plusSeconds(1), null).state())
        .isEqualTo(SubscriptionTimes.State.USED_UP);
  }
}
