package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestLedgers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

final class InMemoryOutcomeLedgerTest extends OutcomeLedgerContract {
  private static final String MESSAGE = "fingerprint";
  private static final int MANY = 1_000;

  private final FakeClock clock = new FakeClock();
  private final InMemoryOutcomeLedger ledger = TestLedgers.inMemory(MANY, clock.nanos());

  @Override
  protected OutcomeLedger ledger() {
    return ledger;
  }

  @Override
  protected OutcomeLedger otherInstance() {
    return ledger;
  }

  @Override
  protected void letTimePass(Duration time) {
    clock.advance(time);
  }

  private static OutcomeLedger.Key key(int number) {
    return new OutcomeLedger.Key("caller", "request-" + number);
  }

  private static Claim claim(OutcomeLedger ledger, int number) {
    return ledger.claim(key(number), MESSAGE, Duration.ofMinutes(1)).toCompletableFuture().join();
  }

  @Test
  void store_moreThanTheMost_forgetsSomeAndKeepsTheNumber() {
    OutcomeLedger small = TestLedgers.inMemory(10, clock.nanos());
    for (int i = 0; i < MANY; i++) {
      claim(small, i);
      var ignored = small.store(key(i), MESSAGE, new SendOutcome.Accepted(""));
    }

    long remembered =
        IntStream.range(0, MANY).filter(i -> claim(small, i) instanceof Claim.Done).count();

    assertThat(remembered).isBetween(1L, 10L);
  }

  private static SendOutcome outcome(int number) {
    return new SendOutcome.Accepted(Integer.toString(number));
  }

  private static void send(OutcomeLedger ledger, int number) {
    assertThat(claim(ledger, number)).isEqualTo(new Claim.Granted());
    var ignored = ledger.store(key(number), MESSAGE, outcome(number));
  }

  private static boolean remembers(OutcomeLedger ledger, int number) {
    Claim claim = claim(ledger, number);
    if (claim instanceof Claim.Granted) {
      var ignored = ledger.release(key(number));
    }
    return claim.equals(new Claim.Done(outcome(number)));
  }

  private static List<Integer> remembered(OutcomeLedger ledger, int upTo) {
    return IntStream.range(0, upTo).filter(i -> remembers(ledger, i)).boxed().toList();
  }

  @Test
  void store_aMillionThroughALedgerOf200000_answersTheNewestAndCountsTheOthers() {
    int most = 200_000;
    int all = 1_000_000;
    InMemoryOutcomeLedger large = TestLedgers.inMemory(most, clock.nanos());
    for (int i = 0; i < all; i++) {
      send(large, i);
    }

    assertThat(remembered(large, all)).isEqualTo(IntStream.range(all - most, all).boxed().toList());
    assertThat(large.forgotten()).isEqualTo(all - most);
  }

  @Test
  void store_full_oldestGoesFirstHoweverOftenItIsAskedFor() {
    OutcomeLedger small = TestLedgers.inMemory(10, clock.nanos());
    for (int i = 0; i < 100; i++) {
      for (int again = 0; again < 20; again++) {
        remembers(small, Math.max(0, i - 10)); // The next one to leave.
      }

      send(small, i);

      assertThat(remembered(small, i + 1))
          .isEqualTo(IntStream.rangeClosed(Math.max(0, i - 9), i).boxed().toList());
    }
  }

  @Test
  void store_knownKeyAnew_isTheYoungestAndCountsOnce() {
    InMemoryOutcomeLedger small = TestLedgers.inMemory(3, clock.nanos());
    IntStream.range(0, 3).forEach(i -> send(small, i));

    var ignored = small.store(key(0), MESSAGE, outcome(0));
    send(small, 3);

    assertThat(remembered(small, 4)).containsExactly(0, 2, 3);
    assertThat(small.forgotten()).isEqualTo(1);
  }

  @Test
  void store_oldestIsADayOld_isNotCountedAsForgotten() {
    InMemoryOutcomeLedger small = TestLedgers.inMemory(100, clock.nanos());
    IntStream.range(0, 100).forEach(i -> send(small, i));
    clock.advance(InMemoryOutcomeLedger.RETENTION);

    IntStream.range(100, 300).forEach(i -> send(small, i));

    assertThat(remembered(small, 300)).isEqualTo(IntStream.range(200, 300).boxed().toList());
    assertThat(small.forgotten()).as("only of those of today").isEqualTo(100);
  }

  @Test
  void store_full_warnsOnceAnHour() {
    try (LogCapture log = LogCapture.open()) {
      InMemoryOutcomeLedger small = TestLedgers.inMemory(10, clock.nanos());
      IntStream.range(0, 10).forEach(i -> send(small, i));
      assertThat(log.lines(Level.WARN, "")).isEmpty();

      clock.advance(Duration.ofSeconds(77));
      IntStream.range(10, 100).forEach(i -> send(small, i));
      assertThat(log.lines(Level.WARN, ""))
          .singleElement(as(InstanceOfAssertFactories.STRING))
          .contains("wxnotify.ledger.max-entries (10)", "oldest", "77 s")
          .doesNotContain("request-");

      clock.advance(Duration.ofMinutes(59));
      send(small, 100);
      assertThat(log.lines(Level.WARN, "")).hasSize(1);

      clock.advance(Duration.ofMinutes(1));
      send(small, 101);
      assertThat(log.lines(Level.WARN, "")).hasSize(2);
    }
  }

  @Test
  void store_fullBeforeALedgerThatIsShared_doesNotWarn() {
    try (LogCapture log = LogCapture.open()) {
      InMemoryOutcomeLedger small =
          new InMemoryOutcomeLedger(1, clock.nanos(), org.slf4j.event.Level.DEBUG);
      IntStream.range(0, 3).forEach(i -> send(small, i));

      assertThat(log.lines(Level.WARN, "")).isEmpty();
      assertThat(small.forgotten()).isEqualTo(2);
    }
  }

  @Test
  void store_fromManyThreadsAtOnce_noYoungerOneGoesBeforeAnOlder() throws Exception {
    int threads = 8;
    int each = 5_000;
    int most = 10_000;
    InMemoryOutcomeLedger full = TestLedgers.inMemory(most, clock.nanos());

    Concurrently.run(
            threads,
            thread -> {
              for (int i = 0; i < each; i++) {
                send(full, thread * each + i);
              }
              return thread;
            })
        .resultsOfAll();

    int kept = 0;
    for (int thread = 0; thread < threads; thread++) {
      int first = thread * each;
      List<Integer> ofThread =
          IntStream.range(first, first + each).filter(i -> remembers(full, i)).boxed().toList();
      assertThat(ofThread)
          .as("the newest of its own, without a gap")
          .isEqualTo(
              IntStream.range(first + each - ofThread.size(), first + each).boxed().toList());
      kept += ofThread.size();
    }
    assertThat(kept).isEqualTo(most);
    assertThat(full.forgotten()).isEqualTo((long) threads * each - most);
  }

  @Test
  void claim_underWayWhileTheLedgerTurnsOver_isNotForgotten() {
    InMemoryOutcomeLedger small = TestLedgers.inMemory(10, clock.nanos());
    claim(small, MANY);
    IntStream.range(0, MANY).forEach(i -> send(small, i));

    assertThat(claim(small, MANY)).isEqualTo(new Claim.InProgress());
  }

  @Test
  void claim_moreThanTheMostUnderWay_noneIsForgotten() {
    OutcomeLedger small = TestLedgers.inMemory(1, clock.nanos());
    for (int i = 0; i < MANY; i++) {
      claim(small, i);
    }
    clock.advance(Duration.ofDays(2));

    for (int i = 0; i < MANY; i++) {
      assertThat(claim(small, i)).isEqualTo(new Claim.InProgress());
    }
  }
}
