package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.Concurrently;
import dev.wxnotify.server.testing.TestLedgers;
import dev.wxnotify.server.token.AccessToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Races between the write of a message and events that prevent it. */
final class SendingConcurrencyTest {
  /** The most rounds of a race. */
  private static final int ROUNDS = 10_000;

  /**
   * After this time a race begins no more rounds: on a busy machine each takes as long as the
   * scheduler lets its threads wait.
   */
  private static final Duration RACING = Duration.ofSeconds(10);

  private static final WeChatError ERROR = new WeChatError(-1, "system error", "");

  private static final int PATIENCE = 10_000;
  private static final int MOST_SPINS = 20;

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final AtomicInteger arrivals = new AtomicInteger();

  @Test
  void cancel_whileItIsWritten_exactlyOneWins() throws Exception {
    raceAgainstTheWrite(Delivery::cancel, NotSent.Reason.CANCELLED);
  }

  @Test
  void deadline_whileItIsWritten_exactlyOneWins() throws Exception {
    raceAgainstTheWrite(
        delivery -> fixture.timer.advance(TIMEOUT), NotSent.Reason.DEADLINE_BEFORE_SEND);
  }

  @FunctionalInterface
  private interface GiveUp {
    void giveUp(Delivery delivery);
  }

  private void raceAgainstTheWrite(GiveUp action, NotSent.Reason ifNotWritten) throws Exception {
    fixture.warmUp();
    fixture.gateway.go(Until.CALLED);
    List<Delivery> deliveries = new ArrayList<>();
    List<Boolean> written = new ArrayList<>();
    CyclicBarrier begin =
        new CyclicBarrier(2, () -> deliveries.add(fixture.delivery.deliver(fixture.order())));
    AtomicBoolean over = new AtomicBoolean();
    long start = System.nanoTime();
    CyclicBarrier end =
        new CyclicBarrier(
            2,
            () -> {
              answerIf(written.get(written.size() - 1));
              // Only here, between two rounds, so that both threads see the same.
              over.set(written.size() == ROUNDS || System.nanoTime() - start >= RACING.toNanos());
            });

    Concurrently.run(
            2,
            thread -> {
              for (int round = 0; !over.get(); round++) {
                begin.await(10, TimeUnit.SECONDS);
                meet(round);
                if (thread == 0) {
                  written.add(fixture.gateway.last().write());
                } else {
                  action.giveUp(deliveries.get(round));
                }
                end.await(10, TimeUnit.SECONDS);
              }
              return true;
            })
        .resultsOfAll();

    assertThat(written).isNotEmpty().hasSameSizeAs(deliveries);
    for (int round = 0; round < written.size(); round++) {
      SendOutcome told = heard(deliveries.get(round));
      if (written.get(round)) {
        assertThat(told).isInstanceOf(SendOutcome.Unknown.class);
      } else {
        assertThat(told)
            .isInstanceOfSatisfying(
                SendOutcome.NotSent.class, no -> assertThat(no.reason()).isEqualTo(ifNotWritten));
      }
    }
    fixture.assertNothingIsHeld();
  }

  /**
   * Releases both threads within a shorter time than the race takes: a barrier alone wakes one long
   * before the other.
   */
  private void meet(int round) {
    arrivals.incrementAndGet();
    for (int spins = 0; arrivals.get() < 2 * (round + 1); spins++) {
      if (spins < PATIENCE) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(1); // The other thread has no core: do not occupy this one.
      }
    }
    for (int i = ThreadLocalRandom.current().nextInt(MOST_SPINS); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  private void answerIf(boolean written) {
    if (written) {
      fixture.gateway.last().answer(new Answer.Accepted(""));
    }
  }

  // Everything together, on real threads and in real time.

  private static final int THREADS = 64;
  private static final int ORDERS_EACH = 200;
  private static final int RECIPIENTS = 300;
  private static final int CONNECTIONS = 8;

  private final ScheduledThreadPoolExecutor network = new ScheduledThreadPoolExecutor(4);
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

  /** How often WeChat accepted a message, or may have, by its text. */
  private final Map<String, AtomicInteger> taken = new ConcurrentHashMap<>();

  private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger clashes = new AtomicInteger();

  private record Told(String text, CompletableFuture<Reply> answer) {}

  @AfterEach
  void stopThreads() {
    network.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void deliver_manyThreadsAndEveryKindOfEnding_tellsTheTruthAndHoldsNothing() throws Exception {
    fixture.warmUp();
    Permits inFlight = new Permits(THREADS * ORDERS_EACH, 1);
    Permits connections = new Permits(CONNECTIONS, 1);
    MessageSender sender =
        new MessageSender(
            this::send,
            connections,
            new RetryPolicy(() -> ThreadLocalRandom.current().nextDouble()),
            fixture.clock,
            System::nanoTime,
            timer,
            List.of());
    Admission delivery =
        new Admission(
            inFlight,
            TestLedgers.inMemory(100_000, System::nanoTime),
            SubscriptionCheck.NONE,
            sender,
            Duration.ofSeconds(5));

    List<List<Told>> told =
        Concurrently.run(THREADS, thread -> deliverMany(delivery, thread)).resultsOfAll();

    for (List<Told> ofThread : told) {
      for (Told one : ofThread) {
        one.answer().get(20, TimeUnit.SECONDS);
      }
    }
    awaitNothingUnderWay(inFlight);
    assertThat(connections.used()).isZero();
    assertThat(sender.recipients().size()).isZero();
    assertThat(clashes).hasValue(0);
    told.forEach(ofThread -> ofThread.forEach(this::assertTruth));
  }

  private List<Told> deliverMany(Admission delivery, int thread) {
    List<Told> told = new ArrayList<>();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < ORDERS_EACH; i++) {
      String text = thread + "/" + i;
      Order order =
          new Order(
              fixture.app,
              Samples.message("user-" + random.nextInt(RECIPIENTS), text),
              MessageKind.SUBSCRIBE,
              "",
              random.nextBoolean() ? text : "",
              Lane.SINGLE,
              Duration.ofMillis(random.nextInt(1, 1_000)),
              Trace.NONE,
              Instant.EPOCH,
              false);
      Delivery one = delivery.deliver(order);
      told.add(new Told(text, one.answer()));
      if (random.nextInt(4) == 0) {
        var ignored = network.schedule(one::cancel, random.nextInt(20), TimeUnit.MILLISECONDS);
      }
    }
    return told;
  }

  /** A WeChat that is sometimes busy, unreachable or silent, or that rejects the token. */
  private CompletableFuture<Answer> send(
      SubscribeMessage message, AccessToken token, MessageGateway.WriteGate gate) {
    AtomicInteger sameRecipient =
        underWay.computeIfAbsent(message.openId(), openId -> new AtomicInteger());
    if (sameRecipient.getAndIncrement() != 0 || connected.getAndIncrement() >= CONNECTIONS) {
      clashes.incrementAndGet();
    }
    return CompletableFuture.supplyAsync(() -> answer(message, gate), network)
        .whenComplete(
            (answer, fault) -> {
              sameRecipient.decrementAndGet();
              connected.decrementAndGet();
            });
  }

  private Answer answer(SubscribeMessage message, MessageGateway.WriteGate gate) {
    int luck = ThreadLocalRandom.current().nextInt(20);
    if (luck == 0 || !gate.tryPass()) {
      return new Answer.NotWritten("out of reach, or given up");
    }
    switch (luck) {
      case 1, 2 -> {
        return new Answer.Busy(Rejected.Reason.WECHAT_BUSY, ERROR);
      }
      case 3 -> {
        return new Answer.TokenRejected(ERROR);
      }
      default -> {
        taken
            .computeIfAbsent(message.data().getOrDefault("thing1", ""), text -> new AtomicInteger())
            .incrementAndGet();
        return luck == 4 ? new Answer.NoAnswer("silence") : new Answer.Accepted("");
      }
    }
  }

  private static void awaitNothingUnderWay(Permits inFlight) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (inFlight.used() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertThat(inFlight.used()).isZero();
  }

  private void assertTruth(Told told) {
    int copies = taken.getOrDefault(told.text(), new AtomicInteger()).get();
    SendOutcome outcome = told.answer().join().outcome();
    if (outcome instanceof SendOutcome.Accepted) {
      assertThat(copies).as("%s, told %s", told.text(), outcome).isEqualTo(1);
    } else if (outcome instanceof SendOutcome.Unknown) {
      assertThat(copies).as("%s, told %s", told.text(), outcome).isLessThanOrEqualTo(1);
    } else {
      assertThat(copies).as("%s, told %s", told.text(), outcome).isZero();
    }
  }
}
