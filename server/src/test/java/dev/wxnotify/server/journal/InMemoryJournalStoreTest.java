package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.all;
import static dev.wxnotify.server.journal.JournalSamples.answer;
import static dev.wxnotify.server.journal.JournalSamples.receipt;
import static dev.wxnotify.server.journal.JournalSamples.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.journal.Event.Answer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract, and what this store forgets. */
class InMemoryJournalStoreTest extends JournalStoreContract {
  @Override
  protected JournalStore newStore() {
    return new InMemoryJournalStore(10_000, InstantSource.system());
  }

  @Override
  protected JournalStore otherInstance(JournalStore first) {
    return first;
  }

  private static JournalStore small() {
    return new InMemoryJournalStore(3, InstantSource.system());
  }

  @Test
  void journals_haveIdsOfTheirOwn() {
    assertThat(small().id()).isNotEqualTo(small().id());
  }

  @Test
  void messagesBeyondTheCapacity_makeTheOldestLeave() {
    JournalStore store = small();
    for (int i = 0; i < 5; i++) {
      store.messages().add(List.of(accepted("" + i, "r" + i, T0.minusSeconds(i))));
    }

    assertThat(store.messages().list(all(10)))
        .extracting(entry -> entry.message().requestId())
        .containsExactly("r2", "r3", "r4");
    assertThat(store.messages().findByMessageId(ALL, "1")).isEmpty();
    store.events().add(List.of(receipt("1", T0)));
    assertThat(store.events().last()).isZero();
  }

  @Test
  void eventsBeyondTheCapacity_expireTheirPositions() {
    JournalStore store = small();
    for (int i = 0; i < 5; i++) {
      store.events().add(List.of(answer("k" + i, Answer.OTHER, T0)));
    }

    assertThatThrownBy(() -> store.events().read(1, 10)).isInstanceOf(CursorExpiredException.class);
    assertThat(store.events().read(2, 10).events())
        .extracting(StoredEvent::position)
        .containsExactly(3L, 4L, 5L);
    assertThat(store.events().before(Instant.EPOCH)).isEqualTo(2);
  }

  @Test
  void receiptsOfUnknownMessages_areBoundedToo() {
    JournalStore store = small();
    for (int i = 0; i < 5; i++) {
      store.events().add(List.of(receipt("" + i, T0)));
    }

    assertThat(store.events().publishOrphans(T0.plusSeconds(60), 10)).isLessThan(10);
    assertThat(store.events().read(0, 10).events())
        .extracting(each -> ((Event.DeliveryReport) each.event().detail()).messageId())
        .containsExactly("2", "3", "4");
  }

  @Test
  void keyOfAnEventThatLeft_isForgotten() {
    JournalStore store = small();
    for (String key : List.of("a", "b", "c", "d", "a")) {
      store.events().add(List.of(answer(key, Answer.OTHER, T0)));
    }

    assertThat(store.events().last()).isEqualTo(5);
  }

  @Test
  void subscriptionsBeyondTheCapacity_makeThoseLeaveThatDidNotChangeForLongest() {
    JournalStore store = small();
    store.messages().add(List.of(refused("r", T0)));
    for (int i = 0; i < 3; i++) {
      MessageRecord other =
          new JournalSamples.Changes()
              .openId("user-" + i)
              .outcome(MessageRecord.Outcome.REJECTED, "USER_NOT_SUBSCRIBED")
              .make();
      store.messages().add(List.of(other));
    }

    assertThat(store.subscriptions().closedAndChangedSince(Instant.EPOCH, 10).keySet())
        .extracting(SubscriptionKey::openId)
        .containsExactly("user-2", "user-1", "user-0");
  }
}
