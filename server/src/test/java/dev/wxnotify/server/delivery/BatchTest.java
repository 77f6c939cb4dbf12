package dev.wxnotify.server.delivery;

import static dev.wxnotify.server.delivery.DeliveryFixture.FIRST_PAUSE;
import static dev.wxnotify.server.delivery.DeliveryFixture.TIMEOUT;
import static dev.wxnotify.server.delivery.DeliveryFixture.heard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.RecordingGateway.Attempt;
import dev.wxnotify.server.delivery.RecordingGateway.Until;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.Samples;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.Concurrently;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The outcomes of the messages of a batch, whatever WeChat and the caller do. */
final class BatchTest {
  private static final int MANY = 20_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final WeChatError BUSY = new WeChatError(-1, "system error", "1-1-1");
  private static final WeChatError QUOTA = new WeChatError(45009, "reach max api daily", "2-2-2");
  private static final SendOutcome.NotSent WHY =
      new SendOutcome.NotSent(NotSent.Reason.DEADLINE_BEFORE_SEND, "the stream's deadline");

  private DeliveryFixture fixture = new DeliveryFixture();
  private RecordingGateway gateway = fixture.gateway;
  private final AtomicInteger begun = new AtomicInteger();
  private final Map<String, List<Reply>> told = Collections.synchronizedMap(new TreeMap<>());

  @AfterEach
  void nothingIsHeld() {
    fixture.timer.advance(Duration.ofMinutes(5));
    fixture.assertNothingIsHeld();
    assertThat(told.values()).as("each is told once").allSatisfy(all -> assertThat(all).hasSize(1));
  }

  private void use(Permits inFlight, Permits connections) {
    fixture = new DeliveryFixture(inFlight, connections);
    gateway = fixture.gateway;
    fixture.warmUp();
  }

  private Batch open() {
    fixture.warmUp();
    return fixture.delivery.openBatch(() -> TIMEOUT, begun::incrementAndGet);
  }

  private void add(Batch batch, App app, String openId, String requestId) {
    batch.add(
        new BatchItem(
            app,
            Samples.message(openId),
            MessageKind.SUBSCRIBE,
            "caller",
            requestId,
            Trace.NONE,
            Instant.EPOCH,
            false),
        answer -> told.computeIfAbsent(openId, id -> new ArrayList<>()).add(answer));
  }

  private void add(Batch batch, String openId) {
    add(batch, fixture.app, openId, "");
  }

  private void addMany(Batch batch, String name, int many) {
    for (int i = 0; i < many; i++) {
      add(batch, name + "-" + i);
    }
  }

  private SendOutcome outcome(String openId) {
    return toldOf(openId).get(0).outcome();
  }

  private List<Reply> toldOf(String openId) {
    List<Reply> all = told.get(openId);
    assertThat(all).as("%s was told", openId).isNotNull();
    return Objects.requireNonNull(all);
  }

  private long accepted() {
    return told.values().stream()
        .filter(all -> all.get(0).outcome() instanceof SendOutcome.Accepted)
        .count();
  }

  private static Answer throttled(Rejected.Reason reason) {
    return new Answer.Busy(reason, BUSY);
  }

  private static void assertReason(SendOutcome outcome, NotSent.Reason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SendOutcome.NotSent.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }

  private static void assertReason(SendOutcome outcome, Rejected.Reason reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SendOutcome.Rejected.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }

  /** Sets the app's pace to one message a second, which soon rises. */
  private void slowDown(App app) {
    for (int i = 0; i < Pace.FEWEST_REFUSED; i++) {
      app.pace().refused(fixture.clock.nanos().getAsLong());
    }
    assertThat(app.pace().perSecond()).isPresent();
  }

  @Test
  void add_roomForAll_isSentAtOnce() {
    Batch batch = open();

    addMany(batch, "user", 100);

    assertThat(accepted()).isEqualTo(100);
    assertThat(batch.waiting()).isZero();
    assertThat(begun).hasValue(100);
  }

  @Test
  void add_moreThanThereIsRoomFor_waitsAndIsSentInOrder() {
    use(new Permits(3, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    addMany(batch, "user", 6);
    assertThat(gateway.writes()).hasSize(2);
    assertThat(batch.waiting()).isEqualTo(4);
    assertThat(begun).hasValue(2);

    for (int i = 0; i < 6; i++) {
      gateway.attempts().get(i).answer(new Answer.Accepted(""));
    }

    assertThat(gateway.recipients())
        .containsExactly("user-0", "user-1", "user-2", "user-3", "user-4", "user-5");
    assertThat(batch.waiting()).isZero();
  }

  // WeChat throttles.

  @ParameterizedTest
  @EnumSource(
      value = Rejected.Reason.class,
      names = {"WECHAT_BUSY", "RATE_LIMITED"})
  void throttled_once_isTriedAgainAfterAPause(Rejected.Reason reason) {
    gateway.script(throttled(reason));
    Batch batch = open();
    add(batch, "user");
    assertThat(fixture.inFlight.used()).as("permits meanwhile").isZero();
    assertThat(batch.waiting()).isEqualTo(1);

    fixture.timer.advance(FIRST_PAUSE.minusNanos(1));
    assertThat(gateway.writes()).hasSize(1);
    fixture.timer.advance(Duration.ofNanos(1));

    assertThat(outcome("user")).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void throttled_recipientIsBusy_isNoReasonToSlowDown() {
    Answer busy = new Answer.Busy(Rejected.Reason.RECIPIENT_BUSY, new WeChatError(43108, "", ""));
    Batch batch = open();
    for (int i = 0; i < 10; i++) {
      gateway.scriptFor("user-" + i, busy, busy, busy);
    }
    addMany(batch, "user", 10);

    fixture.timer.advance(SECOND);

    assertReason(outcome("user-9"), Rejected.Reason.RECIPIENT_BUSY);
    assertThat(gateway.writes()).hasSize(30);
    assertThat(fixture.app.pace().perSecond()).isEmpty();
  }

  @Test
  void throttled_forTwoMinutes_isToldSo() {
    gateway.script(
        Collections.nCopies(1_000, throttled(Rejected.Reason.RATE_LIMITED)).toArray(Answer[]::new));
    Batch batch = open();
    add(batch, "user");

    fixture.timer.advance(Duration.ofMinutes(2).minusNanos(1));
    assertThat(told).isEmpty();
    fixture.timer.advance(Duration.ofSeconds(20));

    assertReason(outcome("user"), Rejected.Reason.RATE_LIMITED);
    assertThat(gateway.writes()).as("few tries").hasSizeBetween(10, 30);
  }

  /** WeChat's minute quota is used up: no message passes for a while, and then all do. */
  @Test
  void throttled_fortySecondsLong_failsNobody() {
    Batch batch = open();
    gateway.go(Until.WRITTEN);
    addMany(batch, "user", 900);
    for (Attempt attempt : gateway.attempts()) {
      attempt.answer(throttled(Rejected.Reason.RATE_LIMITED));
    }
    int answered = 900;
    for (int second = 0; second < 40; second++) {
      fixture.timer.advance(SECOND);
      for (; answered < gateway.attempts().size(); answered++) {
        gateway.attempts().get(answered).answer(throttled(Rejected.Reason.RATE_LIMITED));
      }
    }
    assertThat(answered).as("tries in the meantime").isBetween(930, 1_150);
    assertThat(told).isEmpty();

    gateway.go(Until.ANSWERED);
    fixture.timer.advance(Duration.ofMinutes(1));

    assertThat(accepted()).isEqualTo(900);
  }

  /**
   * An attempt has ten seconds; at one message a second, the message waited far longer before it.
   */
  @Test
  void slowPace_longQueue_nobodysTimeIsOver() {
    Batch batch = open();
    slowDown(fixture.app);
    addMany(batch, "user", 900);

    fixture.timer.advance(Duration.ofSeconds(10));
    assertThat(told).hasSizeLessThan(900);
    fixture.timer.advance(Duration.ofMinutes(1));

    assertThat(accepted()).isEqualTo(900);
  }

  @Test
  void throttled_requestIdIsFreeMeanwhile_isReplayedIfSomebodyElseSentIt() {
    gateway.script(throttled(Rejected.Reason.WECHAT_BUSY));
    Batch batch = open();
    add(batch, fixture.app, Samples.OPEN_ID, "id");

    Delivery single =
        fixture.delivery.deliver(fixture.order(Samples.OPEN_ID, "id", Lane.SINGLE, TIMEOUT));
    assertThat(heard(single)).isInstanceOf(SendOutcome.Accepted.class);
    fixture.timer.advance(SECOND.multipliedBy(2));

    assertThat(toldOf(Samples.OPEN_ID)).containsExactly(new Reply(heard(single), true));
    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void throttled_aMomentAfterTheTryWasOverdue_isUnknownAndNotTriedAgain() {
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    add(batch, "user");
    fixture.timer.advance(TIMEOUT);

    gateway.last().answer(throttled(Rejected.Reason.WECHAT_BUSY));
    fixture.timer.advance(Duration.ofMinutes(1));

    assertThat(outcome("user")).isInstanceOf(SendOutcome.Unknown.class);
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void throttled_isCountedOnceWithAllItsTries() {
    List<String> ends = new ArrayList<>();
    Admission delivery =
        fixture.delivery(
            new DeliveryListener() {
              @Override
              public void messageEnded(Order order, Reply end, Reply heard, int attempts) {
                ends.add(end.outcome().getClass().getSimpleName() + " " + attempts);
              }
            });
    gateway.scriptFor("user", throttled(Rejected.Reason.RATE_LIMITED), new Answer.Accepted(""));
    gateway.scriptFor("other", throttled(Rejected.Reason.RATE_LIMITED));
    Batch batch = delivery.openBatch(() -> TIMEOUT, () -> {});
    fixture.warmUp();
    add(batch, "user");
    fixture.timer.advance(SECOND.multipliedBy(2));
    add(batch, "other");
    batch.end(WHY);

    assertThat(ends).containsExactly("Accepted 2", "Rejected 1");
  }

  // Fairness.

  @Test
  void slowApp_doesNotHoldUpAnother() {
    Batch batch = open();
    slowDown(fixture.app);
    addMany(batch, "slow", 50);
    for (int i = 0; i < 50; i++) {
      add(batch, fixture.otherApp, "fast-" + i, "");
    }

    assertThat(told.keySet().stream().filter(id -> id.startsWith("fast"))).hasSize(50);
    assertThat(told.keySet().stream().filter(id -> id.startsWith("slow"))).hasSize(1);
  }

  @Test
  void slowPace_oneOldBatchAndThreeNewOnes_shareEqually() {
    Batch old = open();
    slowDown(fixture.app);
    addMany(old, "old", 800);
    fixture.timer.advance(Duration.ofSeconds(5));
    told.clear();
    for (int i = 1; i <= 3; i++) {
      addMany(open(), "new" + i, 800);
    }

    fixture.timer.advance(Duration.ofSeconds(7));

    Map<String, Long> shares = shares();
    assertThat(shares).hasSize(4);
    assertThat(shares.values())
        .allSatisfy(share -> assertThat(share).isCloseTo(told.size() / 4, within(1)));
    assertThat(told).hasSizeGreaterThan(100);
  }

  @Test
  void fewPermits_oneOldBatchAndThreeNewOnes_shareEqually() {
    use(new Permits(51, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    addMany(open(), "old", 1_000);
    for (int i = 1; i <= 3; i++) {
      addMany(open(), "new" + i, 1_000);
    }
    for (int i = 0; i < 50; i++) {
      gateway.attempts().get(i).answer(new Answer.Accepted(""));
    }
    told.clear();

    for (int i = 50; i < 850; i++) {
      gateway.attempts().get(i).answer(new Answer.Accepted(""));
    }

    assertThat(shares()).hasSize(4);
    assertThat(shares().values()).allSatisfy(share -> assertThat(share).isCloseTo(200, within(15)));
    gateway.go(Until.ANSWERED);
    for (int i = 850; i < 900; i++) {
      gateway.attempts().get(i).answer(new Answer.Accepted(""));
    }
  }

  private Map<String, Long> shares() {
    return told.keySet().stream()
        .collect(
            Collectors.groupingBy(id -> id.substring(0, id.indexOf('-')), Collectors.counting()));
  }

  private static org.assertj.core.data.Offset<Long> within(long offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  /** Weight bounds the memory in flight: large messages take several permits. */
  @Test
  void largeMessages_takeSeveralPermits() {
    use(new Permits(21, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    for (int i = 0; i < 3; i++) {
      SubscribeMessage large = large("large-" + i);
      assertThat(large.weight()).isEqualTo(10);
      batch.add(
          new BatchItem(
              fixture.app, large, MessageKind.SUBSCRIBE, "", "", Trace.NONE, Instant.EPOCH, false),
          answer -> told.computeIfAbsent(large.openId(), id -> new ArrayList<>()).add(answer));
    }
    add(batch, "small");
    assertThat(fixture.inFlight.used()).isEqualTo(20);
    assertThat(batch.waiting()).isEqualTo(11);

    for (int i = 0; i < 4; i++) {
      gateway.attempts().get(i).answer(new Answer.Accepted(""));
    }
    assertThat(batch.waiting()).isZero();
  }

  private static SubscribeMessage large(String openId) {
    return new SubscribeMessage(
        openId,
        "template",
        "",
        Map.of("enum_string1", "x".repeat(80_000)),
        MiniProgramState.FORMAL,
        Language.ZH_CN);
  }

  /** At one message a second, forty withdrawn messages would cost forty seconds. */
  @Test
  void slowPace_batchesThatLeft_costNobodyATurn() {
    Batch first = open();
    slowDown(fixture.app);
    add(first, "first");
    assertThat(told).hasSize(1);
    List<Batch> leaving = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Batch batch = open();
      add(batch, "left-" + i);
      leaving.add(batch);
    }
    Batch patient = open();
    add(patient, "patient");
    for (int i = 0; i < leaving.size(); i += 2) {
      leaving.get(i).end(WHY);
      leaving.get(i + 1).cancel();
    }
    assertThat(fixture.app.pace().waiting()).isEqualTo(1);

    fixture.timer.advance(SECOND.plusMillis(10));

    assertThat(outcome("patient")).isInstanceOf(SendOutcome.Accepted.class);
  }

  /** A message that leaves also passes its pace turn on to another one. */
  @Test
  void slowPace_batchLeavesWhileItWaitsForAPermit_givesItsTurnBack() {
    use(new Permits(2, 1), new Permits(100, 1));
    Batch holder = open();
    gateway.go(Until.WRITTEN);
    add(holder, "holder");
    slowDown(fixture.app);
    Batch leaving = open();
    add(leaving, "leaving");
    assertThat(fixture.app.pace().waiting()).isZero();
    Batch patient = open();
    add(patient, "patient");
    assertThat(fixture.app.pace().waiting()).isEqualTo(1);

    leaving.cancel();
    assertThat(fixture.app.pace().waiting()).as("it has its turn").isZero();
    assertThat(fixture.inFlight.waiting(Lane.BATCH)).isEqualTo(1);

    gateway.go(Until.ANSWERED);
    gateway.attempts().get(0).answer(new Answer.Accepted(""));
    assertThat(outcome("patient")).isInstanceOf(SendOutcome.Accepted.class);
  }

  /** With the default limits, batches keep their connections busy, and single calls find room. */
  @Test
  void manyBatches_useAllConnections_andLeaveRoomForABurst() {
    use(new Permits(1_000, 360), new Permits(512, 8));
    gateway.go(Until.WRITTEN);
    for (int i = 0; i < 4; i++) {
      addMany(open(), "user" + i, 500);
    }
    assertThat(gateway.writes()).hasSize(504);
    assertThat(fixture.inFlight.used()).isEqualTo(640);

    List<Delivery> burst = new ArrayList<>();
    for (int i = 0; i < 361; i++) {
      burst.add(fixture.delivery.deliver(fixture.order("single-" + i)));
    }

    assertReason(heard(burst.get(360)), NotSent.Reason.OVERLOADED);
    assertThat(burst.subList(0, 360)).noneMatch(each -> each.answer().isDone());
    gateway.go(Until.ANSWERED);
    gateway.attempts().forEach(attempt -> attempt.answer(new Answer.Accepted("")));
    assertThat(burst.subList(0, 360))
        .allSatisfy(each -> assertThat(heard(each)).isInstanceOf(SendOutcome.Accepted.class));
    assertThat(accepted()).isEqualTo(2_000);
  }

  /** They are sent one after another, and those that wait must not hold permits. */
  @Test
  void manyMessagesForOneUser_leaveThePermitsToOthers() {
    use(new Permits(5, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    for (int i = 0; i < 20; i++) {
      batch.add(
          new BatchItem(
              fixture.app,
              Samples.message("same"),
              MessageKind.SUBSCRIBE,
              "",
              "",
              Trace.NONE,
              Instant.EPOCH,
              false),
          answer -> told.computeIfAbsent("same", id -> new ArrayList<>()));
    }
    assertThat(fixture.inFlight.used()).isEqualTo(1);

    addMany(open(), "user", 3);
    assertThat(gateway.writes()).hasSize(4);

    gateway.go(Until.ANSWERED);
    gateway.attempts().forEach(attempt -> attempt.answer(new Answer.Accepted("")));
    assertThat(gateway.writes()).hasSize(23);
    assertThat(batch.waiting()).isZero();
    told.remove("same");
  }

  @Test
  void end_someWaitForTheSameUser_areToldWhy() {
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    List<SendOutcome> heard = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      batch.add(
          new BatchItem(
              fixture.app,
              Samples.message("same"),
              MessageKind.SUBSCRIBE,
              "",
              "",
              Trace.NONE,
              Instant.EPOCH,
              false),
          answer -> heard.add(answer.outcome()));
    }

    batch.end(WHY);
    assertThat(heard).containsExactly(WHY, WHY);
    gateway.last().answer(new Answer.Accepted("1"));

    assertThat(heard).containsExactly(WHY, WHY, new SendOutcome.Accepted("1"));
    assertThat(batch.waiting()).isZero();
  }

  @Test
  void appWithoutAToken_leavesThePermitsToOthers() {
    use(new Permits(5, 1), new Permits(100, 1));
    App tokenless = fixture.app("wx-tokenless");
    fixture.issuer.hold();
    Batch waiting = open();
    for (int i = 0; i < 20; i++) {
      add(waiting, tokenless, "late-" + i, "");
    }
    assertThat(fixture.inFlight.used()).isZero();
    addMany(open(), "user", 3);
    assertThat(accepted()).isEqualTo(3);

    fixture.issuer.release();
    assertThat(accepted()).isEqualTo(23);
    tokenless.tokens().close();
  }

  @Test
  void cancel_whileTheTokenIsAwaited_isToldAndSendsNothing() {
    App tokenless = fixture.app("wx-tokenless");
    fixture.issuer.hold();
    Batch batch = open();
    add(batch, tokenless, "user", "");

    batch.cancel();
    assertReason(outcome("user"), NotSent.Reason.CANCELLED);
    fixture.issuer.release();

    assertThat(gateway.attempts()).isEmpty();
    tokenless.tokens().close();
  }

  @Test
  void timeOfATryIsUnknown_tellsSoAndTheLineGoesOn() {
    fixture.warmUp();
    AtomicInteger tries = new AtomicInteger();
    Batch batch =
        fixture.delivery.openBatch(
            () -> {
              if (tries.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("with a secret");
              }
              return TIMEOUT;
            },
            begun::incrementAndGet);

    add(batch, "broken");
    add(batch, "user");

    assertReason(outcome("broken"), NotSent.Reason.INTERNAL_ERROR);
    assertThat(outcome("user")).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(batch.waiting()).isZero();
  }

  @Test
  void timerTakesNoTasks_whileThePaceIsSlow_tellsSoAndTheLineGoesOn() {
    fixture.warmUp();
    Batch batch = open();
    slowDown(fixture.app);
    add(batch, "first");
    fixture.timer.rejectTasks(true);
    addMany(batch, "broken", 3);
    fixture.timer.rejectTasks(false);
    add(batch, "user");
    fixture.timer.advance(SECOND.multipliedBy(2));

    assertThat(outcome("first")).isInstanceOf(SendOutcome.Accepted.class);
    for (int i = 0; i < 3; i++) {
      assertReason(outcome("broken-" + i), NotSent.Reason.INTERNAL_ERROR);
    }
    assertThat(outcome("user")).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(fixture.app.pace().waiting()).isZero();
  }

  @Test
  void timerTakesNoTasks_whenAMessageIsThrottled_isToldWhatWeChatSaid() {
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    add(batch, "user");
    fixture.timer.rejectTasks(true);
    gateway.last().answer(throttled(Rejected.Reason.RATE_LIMITED));
    fixture.timer.rejectTasks(false);

    assertReason(outcome("user"), Rejected.Reason.RATE_LIMITED);
    assertThat(batch.waiting()).isZero();
  }

  // The end.

  @Test
  void end_someWait_areToldWhyAndThoseUnderWayGoOn() {
    use(new Permits(3, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    addMany(batch, "user", 5);

    batch.end(WHY);
    add(batch, "late");

    assertThat(told.keySet()).containsExactlyInAnyOrder("user-2", "user-3", "user-4", "late");
    assertThat(told.values())
        .allSatisfy(all -> assertThat(all).containsExactly(new Reply(WHY, false)));
    assertThat(batch.waiting()).isZero();
    gateway.attempts().get(0).answer(new Answer.Accepted(""));
    gateway.attempts().get(1).answer(throttled(Rejected.Reason.WECHAT_BUSY));
    assertThat(outcome("user-0")).isInstanceOf(SendOutcome.Accepted.class);
    assertReason(outcome("user-1"), Rejected.Reason.WECHAT_BUSY);
    assertThat(gateway.writes()).hasSize(2);
  }

  @Test
  void end_oneWasThrottled_isToldWhatWeChatSaid() {
    gateway.script(throttled(Rejected.Reason.RATE_LIMITED));
    Batch batch = open();
    add(batch, "pausing");

    batch.end(WHY);

    assertReason(outcome("pausing"), Rejected.Reason.RATE_LIMITED);
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void end_whileTheyWaitForThePace_areToldWhy() {
    Batch batch = open();
    slowDown(fixture.app);
    addMany(batch, "user", 3);

    batch.end(WHY);

    assertThat(outcome("user-0")).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(outcome("user-1")).isEqualTo(WHY);
    assertThat(outcome("user-2")).isEqualTo(WHY);
    fixture.timer.advance(Duration.ofMinutes(1));
    assertThat(gateway.writes()).hasSize(1);
  }

  @Test
  void cancel_someWaitAndSomeAreUnderWay_writesNothingMore() {
    use(new Permits(3, 1), new Permits(100, 1));
    gateway.go(Until.CALLED);
    Batch batch = open();
    addMany(batch, "user", 5);
    Attempt written = gateway.attempts().get(0);
    written.write();

    batch.cancel();

    assertThat(gateway.attempts().get(1).write()).isFalse();
    written.answer(new Answer.Accepted(""));
    assertThat(gateway.writes()).hasSize(1);
    assertThat(gateway.attempts()).hasSize(2);
    assertThat(fixture.inFlight.used()).isZero();
  }

  @Test
  void stop_someAreUnderWay_areGivenUpWithTheTruth() {
    gateway.go(Until.CALLED);
    Batch batch = open();
    add(batch, "written");
    add(batch, "held");
    gateway.attempts().get(0).write();

    batch.stop(new SendOutcome.NotSent(NotSent.Reason.SERVER_STOPPING, "stopping"));

    assertThat(outcome("written")).isInstanceOf(SendOutcome.Unknown.class);
    assertReason(outcome("held"), NotSent.Reason.SERVER_STOPPING);
    assertThat(gateway.attempts().get(1).write()).isFalse();
    gateway.attempts().get(0).answer(new Answer.Accepted(""));
  }

  @Test
  void add_twentyThousandAreLetInAtOnce_doNotFillTheStack() {
    use(new Permits(2, 1), new Permits(100, 1));
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    addMany(batch, "user", MANY);
    gateway.go(Until.ANSWERED);

    gateway.last().answer(new Answer.Accepted(""));

    assertThat(accepted()).isEqualTo(MANY);
  }

  @Test
  void add_onManyThreadsWhileWeChatThrottles_eachIsToldOnce() throws Exception {
    Batch batch = open();
    gateway.script(
        Collections.nCopies(20, throttled(Rejected.Reason.RATE_LIMITED)).toArray(Answer[]::new));

    Concurrently.run(
            8,
            thread -> {
              addMany(batch, "t" + thread, 100);
              return thread;
            })
        .resultsOfAll();
    fixture.timer.advance(Duration.ofMinutes(3));

    assertThat(accepted()).isEqualTo(800);
    assertThat(batch.waiting()).isZero();
  }

  // The day's quota.

  private static Answer quotaUsedUp() {
    return new Answer.Rejected(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, QUOTA, List.of());
  }

  @Test
  void quotaUsedUp_restOfTheAppIsNotSentAndOtherAppsGoOn() {
    gateway.scriptFor("user-3", quotaUsedUp());
    Batch batch = open();
    addMany(batch, "user", 10);
    add(batch, fixture.otherApp, "other", "");

    assertThat(outcome("user-2")).isInstanceOf(SendOutcome.Accepted.class);
    assertReason(outcome("user-3"), Rejected.Reason.DAILY_QUOTA_EXHAUSTED);
    for (int i = 4; i < 10; i++) {
      assertReason(outcome("user-" + i), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
    }
    assertThat(((SendOutcome.NotSent) outcome("user-9")).error()).isEqualTo(QUOTA);
    assertThat(((SendOutcome.NotSent) outcome("user-9")).retryAfter())
        .isEqualTo(
            QuotaReset.after(Rejected.Reason.DAILY_QUOTA_EXHAUSTED, fixture.clock.instant()));
    assertThat(outcome("other")).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.writes()).hasSize(5);
  }

  @Test
  void quotaUsedUp_singlesAreStoppedToo_andProbeOnceAMinute() {
    gateway.script(quotaUsedUp(), quotaUsedUp());
    fixture.warmUp();
    fixture.deliver();

    assertReason(heard(fixture.deliver()), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
    fixture.timer.advance(DailyQuota.PROBE_INTERVAL);
    assertReason(heard(fixture.deliver()), Rejected.Reason.DAILY_QUOTA_EXHAUSTED);
    assertReason(heard(fixture.deliver()), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
    fixture.timer.advance(DailyQuota.PROBE_INTERVAL);
    assertThat(heard(fixture.deliver())).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(heard(fixture.deliver())).isInstanceOf(SendOutcome.Accepted.class);
    assertThat(gateway.writes()).hasSize(4);
  }

  @Test
  void quotaUsedUp_whileManyWaitForThePace_tellsThemAtOnce() {
    Batch batch = open();
    slowDown(fixture.app);
    gateway.scriptFor("user-0", quotaUsedUp());

    addMany(batch, "user", 100);

    assertThat(told).hasSize(100);
    assertReason(outcome("user-99"), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
    assertThat(gateway.writes()).hasSize(1);
  }

  /** Others were about to be written, for example while a connection was being opened. */
  @Test
  void quotaUsedUp_othersAreAboutToBeWritten_areNot() {
    gateway.go(Until.CALLED);
    Batch batch = open();
    add(batch, "first");
    add(batch, "second");
    Attempt first = gateway.attempts().get(0);
    first.write();
    first.answer(quotaUsedUp());

    assertThat(gateway.attempts().get(1).write()).isFalse();

    assertReason(outcome("second"), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
  }

  @Test
  void quotaUsedUp_othersAreUnderWay_hearTheirOwnAnswerWhichOpensNothing() {
    gateway.go(Until.WRITTEN);
    Batch batch = open();
    addMany(batch, "user", 3);
    gateway.attempts().get(0).answer(quotaUsedUp());

    gateway.attempts().get(1).answer(new Answer.Accepted("7"));
    gateway.attempts().get(2).answer(quotaUsedUp());
    add(batch, "next");

    assertThat(outcome("user-1")).isEqualTo(new SendOutcome.Accepted("7"));
    assertReason(outcome("user-2"), Rejected.Reason.DAILY_QUOTA_EXHAUSTED);
    assertReason(outcome("next"), NotSent.Reason.DAILY_QUOTA_EXHAUSTED);
  }

  @Test
  void quotaUsedUp_repeatOfADoneMessage_isReplayed() {
    Batch batch = open();
    add(batch, fixture.app, Samples.OPEN_ID, "id");
    fixture
        .app
        .quota()
        .answered(Objects.requireNonNull(fixture.app.quota().enter()), quotaUsedUp());

    Delivery repeat =
        fixture.delivery.deliver(fixture.order(Samples.OPEN_ID, "id", Lane.SINGLE, TIMEOUT));

    assertThat(repeat.answer().join()).isEqualTo(new Reply(outcome(Samples.OPEN_ID), true));
  }
}
