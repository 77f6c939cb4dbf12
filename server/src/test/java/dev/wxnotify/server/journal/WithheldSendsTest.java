package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.APP;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.TEMPLATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.sandbox.Subscription;
import dev.wxnotify.sandbox.WeChatSubscriptions;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ledger beside the sandbox's: users accept and reject, messages overlap, pushes and answers
 * come in any order and more than once, and all that happened is known before the next send.
 */
class WithheldSendsTest {
  private static final int USERS = 5;
  private static final int STEPS = 20_000;

  private final WeChatSubscriptions weChat = new WeChatSubscriptions();
  private final SubscriptionLedger ledger = new SubscriptionLedger(false, System::nanoTime);
  private final Map<String, Integer> credits = new HashMap<>();
  private final List<SubscriptionFact> unheard = new ArrayList<>();
  private final List<SubscriptionFact> heard = new ArrayList<>();
  private final Map<String, Long> closed = new HashMap<>();
  private final Map<String, Long> opened = new HashMap<>();
  private Instant now = T0;
  private int withheld;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void send_thatWeChatWouldTake_isNeverWithheld_andOthersAre(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      now = now.plusMillis(random.nextInt(1_500));
      String user = "user-" + random.nextInt(USERS);
      switch (random.nextInt(8)) {
        case 0 -> accept(user);
        case 1 -> reject(user);
        case 2 -> twoAtATime(user, random);
        default -> {
          hearAll(random);
          send(user);
        }
      }
    }
    assertThat(withheld).isGreaterThan(STEPS / 20);
  }

  private void accept(String user) {
    int left = credits.merge(user, 1, Integer::sum);
    weChat.put(Subscription.oneTime(APP, user, TEMPLATE, left));
    answered(user, Answer.ACCEPTED);
  }

  private void reject(String user) {
    credits.remove(user);
    weChat.put(Subscription.rejected(APP, user, TEMPLATE));
    answered(user, Answer.REJECTED);
  }

  private void answered(String user, Answer answer) {
    Event like = JournalSamples.answer("", answer, now.truncatedTo(ChronoUnit.SECONDS)).event();
    Event event =
        new Event(APP, user, TEMPLATE, like.occurredAt(), like.receivedAt(), like.detail());
    unheard.add(SubscriptionFact.of(event).orElseThrow());
  }

  private void send(String user) {
    boolean isClosed = ledger.isKnownToBeClosed(APP, user, TEMPLATE);
    assertThat(isClosed).as("as the facts say").isEqualTo(isClosedByFacts(user));
    if (isClosed) {
      withheld++;
      assertThat(weChat.wouldTake(APP, user, TEMPLATE)).as("%s at %s", user, now).isFalse();
      return;
    }
    Instant began = now;
    now = now.plusMillis(50);
    ended(user, began, take(user));
  }

  /** Two messages are on their way; the user accepts meanwhile, and the answers take their time. */
  private void twoAtATime(String user, Random random) {
    Instant began = now;
    now = now.plusMillis(random.nextInt(900));
    boolean first = take(user);
    if (random.nextBoolean()) {
      accept(user);
    }
    now = now.plusMillis(random.nextInt(900));
    boolean second = take(user);
    now = now.plusMillis(random.nextInt(3_000));
    ended(user, began, first);
    ended(user, began, second);
  }

  private boolean take(String user) {
    boolean isTaken = weChat.take(APP, user, TEMPLATE);
    if (isTaken) {
      credits.merge(user, -1, Integer::sum);
    }
    return isTaken;
  }

  private void ended(String user, Instant began, boolean isTaken) {
    Changes message = new Changes().openId(user).beganAt(began).endedAt(now);
    if (!isTaken) {
      message.outcome(Outcome.REJECTED, "USER_NOT_SUBSCRIBED");
    }
    unheard.add(SubscriptionFact.of(message.make()).orElseThrow());
  }

  private void hearAll(Random random) {
    List<SubscriptionFact> order = new ArrayList<>(unheard);
    if (!heard.isEmpty() && random.nextBoolean()) {
      order.add(heard.get(random.nextInt(heard.size())));
    }
    Collections.shuffle(order, random);
    order.forEach(ledger::learn);
    unheard.forEach(this::note);
    heard.addAll(unheard);
    unheard.clear();
  }

  private boolean isClosedByFacts(String user) {
    return closed.getOrDefault(user, Long.MIN_VALUE) > opened.getOrDefault(user, Long.MIN_VALUE);
  }

  private void note(SubscriptionFact fact) {
    Map<String, Long> seconds =
        switch (fact.kind()) {
          case REJECTED, REFUSED -> closed;
          case ACCEPTED, SENT -> opened;
        };
    seconds.merge(fact.key().openId(), fact.at().getEpochSecond(), Math::max);
  }
}
