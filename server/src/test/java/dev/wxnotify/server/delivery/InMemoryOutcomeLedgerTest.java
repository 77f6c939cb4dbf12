package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.OutcomeLedger.Claim;
import dev.wxnotify.server.testing.FakeClock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InMemoryOutcomeLedgerTest extends OutcomeLedgerContract {
  private static final String MESSAGE = "fingerprint";
  private static final int MANY = 1_000;

  private final FakeClock clock = new FakeClock();
  private final InMemoryOutcomeLedger ledger = new InMemoryOutcomeLedger(MANY, clock.nanos());

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
    OutcomeLedger small = new InMemoryOutcomeLedger(10, clock.nanos());
    for (int i = 0; i < MANY; i++) {
      claim(small, i);
      var ignored = small.store(key(i), MESSAGE, new SendOutcome.Accepted(""));
    }

    long remembered =
        IntStream.range(0, MANY).filter(i -> claim(small, i) instanceof Claim.Done).count();

    assertThat(remembered).isBetween(1L, 10L);
  }

  @Test
  void claim_moreThanTheMostUnderWay_noneIsForgotten() {
    OutcomeLedger small = new InMemoryOutcomeLedger(1, clock.nanos());
    for (int i = 0; i < MANY; i++) {
      claim(small, i);
    }
    clock.advance(Duration.ofDays(2));

    for (int i = 0; i < MANY; i++) {
      assertThat(claim(small, i)).isEqualTo(new Claim.InProgress());
    }
  }
}
