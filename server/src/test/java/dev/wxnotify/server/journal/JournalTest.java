package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static dev.wxnotify.server.journal.JournalSamples.APP;
import static dev.wxnotify.server.journal.JournalSamples.OPEN_ID;
import static dev.wxnotify.server.journal.JournalSamples.TEMPLATE;
import static dev.wxnotify.server.journal.JournalSamples.all;
import static dev.wxnotify.server.journal.JournalSamples.answer;
import static dev.wxnotify.server.journal.JournalSamples.receipt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.wxnotify.server.delivery.App;
import dev.wxnotify.server.delivery.Lane;
import dev.wxnotify.server.delivery.Order;
import dev.wxnotify.server.delivery.Reply;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.Trace;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.message.Language;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.message.MiniProgramState;
import dev.wxnotify.server.message.SeckillTemplate;
import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.FakeClock;
import dev.wxnotify.server.testing.FakeScheduler;
import dev.wxnotify.server.testing.LogCapture;
import dev.wxnotify.server.testing.TestApps;
import dev.wxnotify.server.token.InMemoryTokenStore;
import dev.wxnotify.server.token.TokenCache;
import dev.wxnotify.server.token.TokenListener;
import dev.wxnotify.server.token.TokenPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A journal whose store is away, hangs, refuses, or works. */
class JournalTest {
  private static final SendOutcome ACCEPTED = new SendOutcome.Accepted("1");
  private static final SendOutcome REFUSED =
      new SendOutcome.Rejected(
          Rejected.Reason.USER_NOT_SUBSCRIBED,
          new WeChatError(43101, "user refuse to accept the msg", "6a-b-c"));

  private final FakeClock clock = new FakeClock();
  private final FakeScheduler timer = new FakeScheduler(clock);
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicInteger storedEvents = new AtomicInteger();
  private final AtomicInteger knownEvents = new AtomicInteger();
  private final AtomicInteger failedEvents = new AtomicInteger();
  private final AtomicInteger orphans = new AtomicInteger();
  private final App app = app();
  private FakeJournalStore store = new FakeJournalStore(100_000, false, clock);
  private Journal journal = journal(store);

  private final class Counts implements JournalListener {
    @Override
    public void messagesWritten(int count, long nanos) {
      written.addAndGet(count);
    }

    @Override
    public void messagesDropped(int count) {
      dropped.addAndGet(count);
    }

    @Override
    public void eventsStored(int count, int known, long nanos) {
      storedEvents.addAndGet(count);
      knownEvents.addAndGet(known);
    }

    @Override
    public void eventsFailed(int count) {
      failedEvents.addAndGet(count);
    }

    @Override
    public void orphansPublished(int count) {
      orphans.addAndGet(count);
    }
  }

  private Journal journal(FakeJournalStore on) {
    return new Journal(on, Duration.ofDays(30), timer, new Counts(), clock, System::nanoTime);
  }

  private void use(boolean isShared) {
    store = new FakeJournalStore(100_000, isShared, clock);
    journal = journal(store);
  }

  private void start() throws InterruptedException {
    journal.start(Await.LONGEST);
    assertThat(journal.trouble()).isEmpty();
  }

  @AfterEach
  void close() {
    store.comeBack();
    store.goOn();
    journal.close();
    assertThat(store.isClosed).isTrue();
  }

  private App app() {
    return TestApps.app(
        APP,
        new TokenCache(
            APP,
            mode -> CompletableFuture.failedStage(new AssertionError("nobody sends")),
            new InMemoryTokenStore(clock),
            TokenPolicy.DEFAULT,
            30,
            clock,
            timer,
            () -> 0,
            TokenListener.NONE),
        new SeckillTemplate("pages/index", "", "thing1", "time2", "thing3", "note"),
        clock.nanos(),
        timer);
  }

  private Order order(String requestId) {
    return new Order(
        app,
        new SubscribeMessage(
            OPEN_ID,
            TEMPLATE,
            "",
            Map.of("thing1", "Coffee"),
            MiniProgramState.FORMAL,
            Language.ZH_CN),
        MessageKind.SECKILL,
        "a-caller",
        requestId,
        Lane.SINGLE,
        Duration.ofSeconds(1),
        Trace.NONE,
        clock.instant().minusMillis(20),
        false);
  }

  private void end(String requestId, SendOutcome outcome, boolean replayed, int attempts) {
    Reply end = new Reply(outcome, replayed);
    journal.deliveryListener().messageEnded(order(requestId), end, end, attempts);
  }

  private void end(String requestId, SendOutcome outcome) {
    end(requestId, outcome, false, 1);
  }

  private void endMany(int many) {
    Reply end = new Reply(ACCEPTED, false);
    Order order = order("r");
    for (int i = 0; i < many; i++) {
      journal.deliveryListener().messageEnded(order, end, end, 1);
    }
  }

  private void awaitWritten(int count) throws Exception {
    Await.until(() -> written + " of " + count + " are written", () -> written.get() == count);
  }

  private List<MessageRecord> records() throws Exception {
    return Await.result(journal.list(all(100_000))).stream().map(JournalEntry::message).toList();
  }

  private static Throwable failure(CompletableFuture<?> stage) throws Exception {
    try {
      Await.result(stage);
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    }
    throw new AssertionError("it did not fail");
  }

  private CompletableFuture<Void> store(NewEvent... events) {
    return journal.store(List.of(events)).toCompletableFuture();
  }

  // Messages.

  @Test
  void messagesThatEnded_areRecorded() throws Exception {
    start();
    end("a", ACCEPTED, false, 2);
    end("b", REFUSED);
    end("c", new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "reset"));
    end("d", new SendOutcome.NotSent(NotSent.Reason.USER_NOT_SUBSCRIBED, "withheld"), false, 0);
    awaitWritten(4);

    Instant now = SafeTexts.of(clock.instant());
    Instant before = SafeTexts.of(clock.instant().minusMillis(20));
    assertThat(records())
        .contains(
            new MessageRecord(
                APP,
                "1",
                "a",
                "a-caller",
                OPEN_ID,
                TEMPLATE,
                MessageKind.SECKILL,
                MessageRecord.Outcome.ACCEPTED,
                "",
                null,
                before,
                now,
                2))
        .extracting(each -> each.requestId() + " " + each.outcome() + " " + each.reason())
        .containsExactlyInAnyOrder(
            "a ACCEPTED ",
            "b REJECTED USER_NOT_SUBSCRIBED",
            "c UNKNOWN NO_ANSWER",
            "d NOT_SENT USER_NOT_SUBSCRIBED");
    assertThat(Await.result(journal.findByMessageId(ALL, "1"))).isPresent();
    assertThat(Await.result(journal.findByRequestId(ALL, "b")))
        .hasValueSatisfying(
            found ->
                assertThat(found.message().error())
                    .isEqualTo(new WeChatError(43101, "user refuse to accept the msg", "6a-b-c")));
  }

  @Test
  void repeats_makeNoRecord() throws Exception {
    start();
    end("a", ACCEPTED, true, 0);
    end("a", new SendOutcome.NotSent(NotSent.Reason.REQUEST_IN_PROGRESS, ""), false, 0);
    end("a", new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null), false, 0);
    journal.deliveryListener().messageInvalid(MessageKind.SUBSCRIBE, Lane.SINGLE);
    end("b", ACCEPTED);
    awaitWritten(1);

    assertThat(records()).extracting(MessageRecord::requestId).containsExactly("b");
  }

  @Test
  void messages_areWrittenTogether() throws Exception {
    start();
    long began = System.nanoTime();
    endMany(5_000);
    awaitWritten(5_000);
    long tenths = Duration.ofNanos(System.nanoTime() - began).toMillis() / 100;

    assertThat(store.messageBatches.size())
        .as("full ones, and others, each of which waited for a tenth of a second")
        .isLessThanOrEqualTo((int) (5 + tenths));
    assertThat(store.messageBatches).allMatch(size -> size <= 1_000);
  }

  /** In one of many tries, for a busy machine may let the first one's time pass. */
  @Test
  void message_thatEndsSoonAfterAnother_isWrittenTogetherWithIt() throws Exception {
    start();
    int tries = 0;
    do {
      long began = System.nanoTime();
      endMany(1);
      Await.until(
          "a fifth of the time that the writer waits for more",
          () -> System.nanoTime() - began > Duration.ofMillis(20).toNanos());
      endMany(1);
      tries++;
      awaitWritten(2 * tries);
    } while (!store.messageBatches.contains(2) && tries < 20);

    assertThat(store.messageBatches).contains(2);
  }

  @Test
  void storeThatNeverAnswers_holdsUpNoSend_andTheNewestAreDropped() throws Exception {
    start();
    store.hang();
    endMany(1);
    Await.until("the writer hangs", () -> !store.messageBatches.isEmpty());
    long began = System.nanoTime();
    endMany(50_000);
    Duration took = Duration.ofNanos(System.nanoTime() - began);

    assertThat(took).isLessThan(Duration.ofSeconds(10));
    assertThat(dropped.get()).isEqualTo(50_000 - MessageWriter.CAPACITY);
    assertThat(journal.waitingMessages()).isEqualTo(MessageWriter.CAPACITY);

    store.goOn();
    awaitWritten(MessageWriter.CAPACITY + 1);
  }

  @Test
  void outage_isReportedOnceAtEachEnd_andNothingIsLostWhatFoundRoom() throws Exception {
    start();
    try (LogCapture logs = LogCapture.open()) {
      store.goAway();
      endMany(10);
      Await.until("it was tried again", () -> store.messageBatches.size() >= 3);
      // Some of the ten wait still if their batch was begun before all of them had ended.
      int room = MessageWriter.CAPACITY - journal.waitingMessages();
      endMany(room + 5);
      assertThat(journal.trouble()).hasValue("the fake is away");
      store.comeBack();
      awaitWritten(10 + room);
      Await.until("the end is reported", () -> !logs.lines(Level.WARN, "again after").isEmpty());

      assertThat(dropped).hasValue(5);
      assertThat(logs.lines(Level.WARN, "cannot be written"))
          .singleElement()
          .asString()
          .contains("the fake is away");
      assertThat(logs.lines(Level.WARN, "again after"))
          .singleElement()
          .asString()
          .containsPattern("again after \\d+\\.\\d s; 5 were dropped$");
      assertThat(logs.everything()).doesNotContain(OPEN_ID);
    }
    // What the journal does by itself may have begun before, and tells of the outage only now.
    Await.until("all is well", () -> journal.trouble().isEmpty());
  }

  @Test
  void messagesThatNeverLeft_leaveHalfOfTheQueueToOthers() throws Exception {
    start();
    store.hang();
    endMany(1);
    Await.until("the writer hangs", () -> !store.messageBatches.isEmpty());
    SendOutcome overloaded = new SendOutcome.NotSent(NotSent.Reason.OVERLOADED, "full");
    for (int i = 0; i < MessageWriter.CAPACITY; i++) {
      end("", overloaded, false, 0);
    }
    assertThat(journal.waitingMessages()).isEqualTo(MessageWriter.CAPACITY / 2);

    endMany(MessageWriter.CAPACITY / 2);

    assertThat(dropped).hasValue(MessageWriter.CAPACITY / 2);
    assertThat(journal.waitingMessages()).isEqualTo(MessageWriter.CAPACITY);
  }

  @Test
  void recordThatTheStoreRefuses_isDroppedAlone() throws Exception {
    start();
    store.refuse(row -> row instanceof MessageRecord record && record.requestId().equals("bad-7"));
    try (LogCapture logs = LogCapture.open()) {
      for (int i = 0; i < 100; i++) {
        end((i == 77 ? "bad-" : "good-") + i % 70, ACCEPTED);
      }
      awaitWritten(99);

      assertThat(dropped).hasValue(1);
      assertThat(logs.lines(Level.WARN, "refuses the record")).hasSize(1);
      assertThat(logs.everything()).doesNotContain("bad-7").doesNotContain(OPEN_ID);
    }
    assertThat(records()).hasSize(99);
  }

  @Test
  void stop_writesWhatWaits() throws Exception {
    start();
    endMany(3_000);

    journal.close();

    assertThat(written).hasValue(3_000);
  }

  /** The writer may end before the word arrives that wakes it; that word is no record. */
  @RepeatedTest(50)
  void stop_thatLosesNothing_reportsNoLoss() throws Exception {
    start();
    end("a", ACCEPTED);
    Await.until("the writer has it", () -> journal.waitingMessages() == 0);
    try (LogCapture logs = LogCapture.open()) {
      journal.close();

      assertThat(logs.lines(Level.WARN, "the journal stops")).isEmpty();
    }
    assertThat(written).hasValue(1);
  }

  @Test
  void stop_whileTheStoreIsAway_ends() throws Exception {
    start();
    store.goAway();
    endMany(10);
    CompletableFuture<Void> event = store(answer("k", Answer.ACCEPTED, clock.instant()));
    long began = System.nanoTime();

    try (LogCapture logs = LogCapture.open()) {
      journal.close();

      assertThat(logs.lines(Level.WARN, "the journal stops"))
          .singleElement()
          .asString()
          .endsWith("stops while 10 records of messages are not written");
    }

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertThat(failure(event)).isInstanceOf(JournalUnavailableException.class);
    assertThat(failure(store(answer("l", Answer.ACCEPTED, clock.instant()))))
        .isInstanceOf(JournalUnavailableException.class);
  }

  @Test
  void stop_beforeTheStart_closesTheStore() {
    journal.close();

    assertThat(store.isClosed).isTrue();
  }

  // The store at the start.

  @Test
  void storeThatIsAwayAtTheStart_isOpenedLater_andNothingIsLost() throws Exception {
    store.goAway();
    journal.start(Duration.ZERO);
    end("a", ACCEPTED);
    Await.until("it says so", () -> journal.trouble().equals(Optional.of("the fake is away")));
    assertThat(failure(journal.list(all(1)).toCompletableFuture()))
        .isInstanceOf(JournalUnavailableException.class)
        .hasMessageContaining("the fake is away");

    store.comeBack();

    awaitWritten(1);
    assertThat(records()).hasSize(1);
    assertThat(journal.trouble()).isEmpty();
  }

  @Test
  void storeThatCanNeverBeUsed_isTriedOnce_andSaysSo() throws Exception {
    store.beUnusable("its schema is newer");
    try (LogCapture logs = LogCapture.open()) {
      journal.start(Duration.ZERO);
      Await.until("it says so", () -> !logs.lines(Level.ERROR, "its schema is newer").isEmpty());

      assertThat(journal.trouble())
          .hasValueSatisfying(why -> assertThat(why).contains("its schema is newer"));
    }
    assertThat(failure(journal.last().toCompletableFuture()))
        .isInstanceOf(JournalUnavailableException.class);
  }

  @Test
  void storeThatDoesNotAnswer_isReported() {
    StoreState state = new StoreState(clock.nanos());
    state.opened("id");
    assertThat(state.trouble()).isEmpty();
    clock.advance(StoreState.SILENCE);
    assertThat(state.trouble()).isEmpty();
    clock.advance(Duration.ofNanos(1));
    assertThat(state.trouble()).hasValue("it does not answer");
    state.worked();
    assertThat(state.trouble()).isEmpty();
  }

  // Events.

  @Test
  void event_isStoredWhenItsStageCompletes() throws Exception {
    start();

    Await.result(store(answer("k", Answer.ACCEPTED, clock.instant())));

    assertThat(Await.result(journal.read(0, 10)).events()).hasSize(1);
    Await.result(store(answer("k", Answer.ACCEPTED, clock.instant())));
    assertThat(Await.result(journal.last())).isEqualTo(1);
    Await.result(store());
  }

  @Test
  void eventsThatWait_areStoredTogether() throws Exception {
    start();
    store.hang();
    List<CompletableFuture<Void>> stages = new ArrayList<>();
    stages.add(store(answer("first", Answer.OTHER, clock.instant())));
    Await.until("the store has it", () -> store.eventBatches.size() == 1);
    for (int i = 0; i < 500; i++) {
      stages.add(store(answer("k" + i, Answer.OTHER, clock.instant())));
    }
    store.goOn();

    for (CompletableFuture<Void> stage : stages) {
      Await.result(stage);
    }
    assertThat(store.eventBatches).containsExactly(1, 500);
  }

  @Test
  void eventStage_failsAfterFourSeconds_whateverTheStoreDoes() throws Exception {
    start();
    store.hang();
    CompletableFuture<Void> held = store(answer("held", Answer.OTHER, clock.instant()));
    Await.until("the store has it", () -> store.eventBatches.size() == 1);
    CompletableFuture<Void> waiting = store(answer("waiting", Answer.OTHER, clock.instant()));

    timer.advance(EventWriter.LONGEST.minusNanos(1));
    assertThat(held).isNotDone();
    assertThat(waiting).isNotDone();
    timer.advance(Duration.ofNanos(1));

    assertThat(failure(held)).isInstanceOf(JournalUnavailableException.class);
    assertThat(failure(waiting)).isInstanceOf(JournalUnavailableException.class);
    assertThat(failedEvents).hasValue(2);
    store.goOn();
    Await.result(store(answer("next", Answer.OTHER, clock.instant())));
    assertThat(store.eventBatches).containsExactly(1, 1);
    // It is cancelled after whoever waits for the stage has been told.
    Await.until("the deadline of what was stored is off", () -> timer.pending() == 0);
  }

  @Test
  void event_whileTheStoreIsAwayForAMoment_isStored() throws Exception {
    start();
    store.goAway();
    CompletableFuture<Void> stage = store(answer("k", Answer.OTHER, clock.instant()));
    Await.until("it was tried again", () -> store.eventBatches.size() >= 3);
    assertThat(stage).isNotDone();

    store.comeBack();

    Await.result(stage);
    assertThat(failedEvents).hasValue(0);
  }

  @Test
  void eventsBeyondTheMost_areRefusedAtOnce_andRoomComesBack() throws Exception {
    start();
    store.hang();
    CompletableFuture<Void> held = store(answer("held", Answer.OTHER, clock.instant()));
    Await.until("the store has it", () -> store.eventBatches.size() == 1);
    NewEvent[] many =
        IntStream.range(0, EventWriter.CAPACITY - 1)
            .mapToObj(i -> answer("k" + i, Answer.OTHER, clock.instant()))
            .toArray(NewEvent[]::new);
    CompletableFuture<Void> stage = store(many);
    assertThat(stage).isNotDone();

    CompletableFuture<Void> tooMany = store(answer("more", Answer.OTHER, clock.instant()));
    assertThat(tooMany).isCompletedExceptionally();
    assertThat(failure(tooMany)).hasMessageContaining("too many events");

    timer.advance(EventWriter.LONGEST);
    assertThat(stage).isCompletedExceptionally();
    CompletableFuture<Void> next = store(answer("next", Answer.OTHER, clock.instant()));
    assertThat(next).isNotDone();
    store.goOn();
    Await.result(next);
    assertThat(held).isCompletedExceptionally();
  }

  @Test
  void eventThatTheStoreRefuses_failsAlone() throws Exception {
    start();
    store.refuse(row -> row instanceof NewEvent event && event.key().equals("bad"));
    store.hang();
    CompletableFuture<Void> first = store(answer("first", Answer.OTHER, clock.instant()));
    Await.until("the store has it", () -> store.eventBatches.size() == 1);
    List<CompletableFuture<Void>> stages = new ArrayList<>();
    for (String key : List.of("a", "b", "bad", "c")) {
      stages.add(store(answer(key, Answer.OTHER, clock.instant())));
    }
    store.goOn();

    Await.result(first);
    assertThat(failure(stages.get(2))).isInstanceOf(JournalRejectsException.class);
    for (int i : new int[] {0, 1, 3}) {
      Await.result(stages.get(i));
    }
    assertThat(Await.result(journal.last())).isEqualTo(4);
  }

  @Test
  void receiptWithoutAMessage_isPublishedAfterHalfAMinute() throws Exception {
    start();
    Await.result(store(receipt("1", clock.instant())));
    assertThat(Await.result(journal.last())).isZero();

    clock.advance(JournalUpkeep.ORPHAN_AGE.plusMillis(1));

    Await.until("it is visible", () -> Await.result(journal.last()) == 1);
    Await.until("it is counted", () -> orphans.get() == 1);
  }

  @Test
  void receipt_isJoinedWithTheMessageOfThisServer() throws Exception {
    start();
    Await.result(store(receipt("1", clock.instant())));
    end("a", ACCEPTED);
    awaitWritten(1);

    assertThat(Await.result(journal.read(0, 10)).events())
        .singleElement()
        .satisfies(event -> assertThat(event.caller()).isEqualTo("a-caller"));
  }

  @Test
  void whatIsOlderThanTheRetention_isForgotten() throws Exception {
    start();
    Await.result(store(answer("k", Answer.OTHER, clock.instant())));
    end("a", ACCEPTED);
    awaitWritten(1);
    clock.advance(Duration.ofDays(30));
    journal.close();
    assertThat(store.prune(clock.instant().minus(Duration.ofDays(30)), 10)).isFalse();
    clock.advance(Duration.ofMillis(1));

    store.prune(clock.instant().minus(Duration.ofDays(30)), 10);

    assertThatThrownBy(() -> store.events().read(0, 10)).isInstanceOf(CursorExpiredException.class);
    assertThat(store.messages().list(all(10))).isEmpty();
  }

  @Test
  void retention_runsSoonAfterTheStart() throws Exception {
    store.events().add(List.of(answer("k", Answer.OTHER, clock.instant())));
    clock.advance(Duration.ofDays(31));
    start();

    Await.until(
        "the event is forgotten",
        () -> failureOrNull(journal.read(0, 10).toCompletableFuture()) != null);
    assertThat(failure(journal.read(0, 10).toCompletableFuture()))
        .isInstanceOf(CursorExpiredException.class);
  }

  private static @Nullable Throwable failureOrNull(CompletableFuture<?> stage) throws Exception {
    try {
      Await.result(stage);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  // Cursors and signals.

  @Test
  void cursor_namesAPositionOfThisJournal() throws Exception {
    start();
    Await.result(store(answer("k", Answer.OTHER, clock.instant())));
    String cursor = journal.cursor(1);

    assertThat(Await.result(journal.position(cursor))).isEqualTo(1);
    assertThat(failure(journal.position("nonsense!").toCompletableFuture()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(failure(journal.position(Cursors.of("other", 1)).toCompletableFuture()))
        .isInstanceOf(CursorExpiredException.class);
  }

  @Test
  void signal_comesForWhatIsThere_andForWhatComes_once() throws Exception {
    start();
    Semaphore signals = new Semaphore(0);
    try (AutoCloseable first = journal.whenAfter(0, signals::release)) {
      assertThat(first).isNotNull();
      Await.result(store(answer("a", Answer.OTHER, clock.instant())));
      acquire(signals);
      Await.result(store(answer("b", Answer.OTHER, clock.instant())));
      try (AutoCloseable second = journal.whenAfter(1, signals::release)) {
        assertThat(second).isNotNull();
        acquire(signals);
      }
    }
    journal.whenAfter(2, signals::release).close();
    Await.result(store(answer("c", Answer.OTHER, clock.instant())));
    try (AutoCloseable last = journal.whenAfter(2, signals::release)) {
      assertThat(last).isNotNull();
      acquire(signals);
    }
    assertThat(signals.availablePermits()).isZero();
  }

  private static void acquire(Semaphore signals) throws Exception {
    Await.until("a signal comes", signals::tryAcquire);
  }

  @Test
  void signals_whileOthersPublish_areNotLost() throws Exception {
    start();
    int events = 300;
    Thread publisher =
        new Thread(
            () -> {
              for (int i = 0; i < events; i++) {
                store(answer("k" + i, Answer.OTHER, clock.instant())).join();
              }
            });
    publisher.start();

    long position = 0;
    Semaphore signals = new Semaphore(0);
    while (position < events) {
      try (AutoCloseable waiting = journal.whenAfter(position, signals::release)) {
        assertThat(waiting).isNotNull();
        acquire(signals);
      }
      position = Await.result(journal.read(position, 10)).through();
    }
    publisher.join();
  }

  @Test
  void signal_ofASharedStore_comesForWhatAnotherProcessPublished() throws Exception {
    use(true);
    start();
    Semaphore signals = new Semaphore(0);
    try (AutoCloseable waiting = journal.whenAfter(0, signals::release)) {
      assertThat(waiting).isNotNull();
      store.events().add(List.of(answer("k", Answer.OTHER, clock.instant())));
      acquire(signals);
    }
  }

  @Test
  void signal_whileTheStoreIsAway_comesWhenItIsBack() throws Exception {
    start();
    store.events().add(List.of(answer("k", Answer.OTHER, clock.instant())));
    store.goAway();
    int before = store.calls.get();
    Semaphore signals = new Semaphore(0);
    try (AutoCloseable waiting = journal.whenAfter(0, signals::release)) {
      assertThat(waiting).isNotNull();
      Await.until("it was looked at", () -> store.calls.get() > before);
      store.comeBack();
      acquire(signals);
    }
  }

  // Subscriptions.

  private boolean isClosed() {
    return journal.subscriptionCheck().isKnownToBeClosed(APP, OPEN_ID, TEMPLATE);
  }

  @Test
  void refusal_closesASubscriptionAtOnce_andAnAcceptanceOpensIt() throws Exception {
    start();
    end("a", REFUSED);
    assertThat(isClosed()).isTrue();

    store.hang();
    CompletableFuture<Void> event =
        store(answer("k", Answer.ACCEPTED, clock.instant().plusSeconds(1)));
    assertThat(isClosed()).isFalse();
    store.goOn();
    Await.result(event);
  }

  @Test
  void subscriptionsOfTheStore_areKnownAfterTheStart() throws Exception {
    store.messages().add(List.of(JournalSamples.refused("r", clock.instant())));

    start();

    assertThat(isClosed()).isTrue();
  }

  @Test
  void subscriptionsOfASharedStore_followOtherProcesses() throws Exception {
    use(true);
    start();
    store.messages().add(List.of(JournalSamples.refused("r", clock.instant())));
    Await.until("it is closed", this::isClosed);
    store.events().add(List.of(answer("k", Answer.ACCEPTED, clock.instant().plusSeconds(5))));
    Await.until("it is open", () -> !isClosed());
  }

  @Test
  void subscriptionsOfASharedStore_followOtherProcesses_whateverTheClockHere() throws Exception {
    for (Duration ahead : List.of(Duration.ofMinutes(1), Duration.ofMinutes(-1))) {
      store = new FakeJournalStore(100_000, true, InstantSource.offset(clock, ahead.negated()));
      journal = journal(store);
      start();
      store.messages().add(List.of(JournalSamples.refused("r", clock.instant())));
      Await.until("it is closed", this::isClosed);
      store.events().add(List.of(answer("k", Answer.ACCEPTED, clock.instant().plusSeconds(5))));
      Await.until("it is open", () -> !isClosed());
      journal.close();
    }
  }

  @Test
  void eventThatIsKnown_closesNoSubscription() throws Exception {
    start();
    Await.result(store(answer("k", Answer.ACCEPTED, clock.instant())));
    Await.result(store(answer("k", Answer.REJECTED, clock.instant().plusSeconds(5))));
    assertThat(isClosed()).isFalse();
    assertThat(storedEvents.get()).isEqualTo(1);
    assertThat(knownEvents.get()).isEqualTo(1);

    Await.result(store(answer("k2", Answer.REJECTED, clock.instant().plusSeconds(5))));
    assertThat(isClosed()).isTrue();
  }

  @Test
  void find_hasOneForEachTemplateThatIsAskedFor_orAllThatAreKnown() throws Exception {
    start();
    Await.result(store(answer("k", Answer.ACCEPTED, clock.instant())));

    List<Subscription> asked = Await.result(journal.find(APP, OPEN_ID, List.of("other", TEMPLATE)));
    assertThat(asked).extracting(Subscription::templateId).containsExactly("other", TEMPLATE);
    assertThat(asked.get(0).credits()).isEmpty();
    assertThat(asked.get(0).times()).isEqualTo(SubscriptionTimes.NONE);
    assertThat(asked.get(1).credits()).hasValue(1);
    assertThat(Await.result(journal.find(APP, OPEN_ID, List.of()))).containsExactly(asked.get(1));
  }

  // Reads.

  @Test
  void readsOfAStoreThatHangs_fail() throws Exception {
    start();
    store.hang();
    List<CompletableFuture<?>> reads = new ArrayList<>();
    for (int i = 0; i < JournalReads.WAITING + 20; i++) {
      reads.add(journal.last().toCompletableFuture());
    }
    assertThat(reads.stream().filter(CompletableFuture::isCompletedExceptionally).count())
        .isBetween(10L, 20L);

    timer.advance(JournalReads.LONGEST);

    assertThat(reads).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(failure(reads.get(0))).isInstanceOf(JournalUnavailableException.class);
    store.goOn();
    Await.until(
        "it reads again", () -> failureOrNull(journal.last().toCompletableFuture()) == null);
  }

  @Test
  void lookUpsThatTakeLong_holdUpNoWatcher() throws Exception {
    start();
    store.hangLists();
    List<CompletableFuture<?>> lists = new ArrayList<>();
    for (int i = 0; i < JournalReads.WAITING; i++) {
      lists.add(journal.list(all(10)).toCompletableFuture());
    }

    assertThat(Await.result(journal.last())).isZero();
    assertThat(Await.result(journal.read(0, 10)).events()).isEmpty();
    assertThat(lists).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void textsOfLookUps_areMadeSafeToo() throws Exception {
    start();
    end("a\0b", ACCEPTED);
    awaitWritten(1);

    assertThat(Await.result(journal.findByRequestId(ALL, "a\0b"))).isPresent();
    assertThat(Await.result(journal.list(new JournalSamples.Query().prefix("a\0").make(10))))
        .hasSize(1);
  }
}
