package dev.wxnotify.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.RecipientQueues.Recipient;
import dev.wxnotify.server.testing.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class RecipientQueuesTest {
  private static final Recipient ANN = new Recipient("app", "ann");
  private static final Recipient BOB = new Recipient("app", "bob");
  private static final int MANY = 100_000;

  private final RecipientQueues queues = new RecipientQueues();
  private final List<String> ran = new ArrayList<>();

  private BooleanSupplier keeping(String name) {
    return () -> {
      ran.add(name);
      return true;
    };
  }

  private BooleanSupplier notInterested(String name) {
    return () -> {
      ran.add(name);
      return false;
    };
  }

  @Test
  void enter_nothingUnderWay_runsNow() {
    queues.enter(ANN, Turns.of(keeping("now")));

    assertThat(ran).containsExactly("now");
    assertThat(queues.size()).isEqualTo(1);
  }

  @Test
  void enter_sameRecipientIsBusy_waits() {
    queues.enter(ANN, Turns.of(keeping("first")));
    queues.enter(ANN, Turns.of(keeping("second")));

    assertThat(ran).containsExactly("first");

    queues.leave(ANN);
    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void enter_otherRecipientIsBusy_runsNow() {
    queues.enter(ANN, Turns.of(keeping("ann")));
    queues.enter(BOB, Turns.of(keeping("bob")));
    queues.enter(new Recipient("other app", "ann"), Turns.of(keeping("ann elsewhere")));

    assertThat(ran).containsExactly("ann", "bob", "ann elsewhere");
  }

  @Test
  void leave_severalWait_givesOneTurnFirstComeFirstServed() {
    for (int i = 1; i <= 4; i++) {
      queues.enter(ANN, Turns.of(keeping("turn " + i)));
    }

    queues.leave(ANN);
    assertThat(ran).containsExactly("turn 1", "turn 2");
    queues.leave(ANN);
    queues.leave(ANN);
    assertThat(ran).containsExactly("turn 1", "turn 2", "turn 3", "turn 4");
    assertThat(queues.size()).isEqualTo(1);

    queues.leave(ANN);
    assertThat(queues.size()).isZero();
  }

  @Test
  void leave_nextIsNotInterested_givesTheTurnToTheOneAfter() {
    queues.enter(ANN, Turns.of(keeping("first")));
    queues.enter(ANN, Turns.of(notInterested("left")));
    queues.enter(ANN, Turns.of(keeping("third")));

    queues.leave(ANN);

    assertThat(ran).containsExactly("first", "left", "third");
    assertThat(queues.size()).isEqualTo(1);
  }

  @Test
  void enter_notInterested_takesNoMemory() {
    queues.enter(ANN, Turns.of(notInterested("left")));

    assertThat(queues.size()).isZero();
  }

  @Test
  void leave_duringTheTurn_givesTheNextTurn() {
    queues.enter(
        ANN,
        Turns.of(
            () -> {
              queues.enter(ANN, Turns.of(keeping("second")));
              queues.leave(ANN);
              return true;
            }));

    assertThat(ran).containsExactly("second");
    queues.leave(ANN);
    assertThat(queues.size()).isZero();
  }

  @Test
  void leave_manyLostInterest_unwindsWithoutDeepStack() {
    queues.enter(ANN, Turns.of(keeping("first")));
    for (int i = 0; i < MANY; i++) {
      queues.enter(ANN, Turns.of(notInterested("left")));
    }

    queues.leave(ANN);

    assertThat(ran).hasSize(MANY + 1);
    assertThat(queues.size()).isZero();
  }

  /** As when there is no token, and each message fails immediately. */
  @Test
  void leave_manyAreDoneOnTheSpot_unwindsWithoutDeepStack() {
    queues.enter(ANN, Turns.of(keeping("first")));
    for (int i = 0; i < MANY; i++) {
      queues.enter(
          ANN,
          Turns.of(
              () -> {
                ran.add("done");
                queues.leave(ANN);
                return true;
              }));
    }

    queues.leave(ANN);

    assertThat(ran).hasSize(MANY + 1);
    assertThat(queues.size()).isZero();
  }
}
