package dev.wxnotify.server.journal;

import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static dev.wxnotify.server.journal.JournalSamples.APP;
import static dev.wxnotify.server.journal.JournalSamples.CALLER;
import static dev.wxnotify.server.journal.JournalSamples.KEY;
import static dev.wxnotify.server.journal.JournalSamples.OPEN_ID;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.TEMPLATE;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.all;
import static dev.wxnotify.server.journal.JournalSamples.answer;
import static dev.wxnotify.server.journal.JournalSamples.receipt;
import static dev.wxnotify.server.journal.JournalSamples.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.Event.DeliveryReport;
import dev.wxnotify.server.journal.Event.Source;
import dev.wxnotify.server.journal.Event.SubscriptionChange;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.JournalSamples.Query;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.journal.SubscriptionHistory.Acceptance;
import dev.wxnotify.server.journal.SubscriptionTimes.State;
import dev.wxnotify.server.message.MessageKind;
import dev.wxnotify.server.testing.Concurrently;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every store of the journal. It has room for some thousand rows of each kind. */
public abstract class JournalStoreContract {
  private static final int LARGE = 1_000;
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

  private final List<JournalStore> opened = new ArrayList<>();

  protected JournalStore store;

  /** Returns an empty store, which has been opened. */
  protected abstract JournalStore newStore() throws Exception;

  /**
   * Returns another instance on the same journal, which has been opened, as another process has it;
   * the same one if the store shares nothing.
   */
  protected abstract JournalStore otherInstance(JournalStore first) throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = newStore();
    opened.add(store);
  }

  @AfterEach
  void close() {
    opened.forEach(JournalStore::close);
  }

  private JournalStore other() throws Exception {
    JournalStore other = otherInstance(store);
    if (other != store) {
      opened.add(other);
    }
    return other;
  }

  private void add(MessageRecord... messages) {
    store.messages().add(List.of(messages));
  }

  private void add(NewEvent... events) {
    store.events().add(List.of(events));
  }

  private List<StoredEvent> events() {
    return events(store);
  }

  private static List<StoredEvent> events(JournalStore of) {
    return of.events().read(0, LARGE).events();
  }

  private List<MessageRecord> list(Query query) {
    return store.messages().list(query.make(LARGE)).stream().map(JournalEntry::message).toList();
  }

  private JournalEntry byMessageId(String messageId) {
    return store.messages().findByMessageId(ALL, messageId).orElseThrow();
  }

  private DeliveryReport reportOf(String messageId) {
    return Objects.requireNonNull(byMessageId(messageId).receipt(), "no receipt").report();
  }

  private static MessageRecord began(String requestId, int second) {
    return accepted("", requestId, T0.plusSeconds(second));
  }

  // Messages.

  @Test
  void message_withAllFields_isFoundAsItWas() {
    MessageRecord message =
        new MessageRecord(
            APP,
            "9223372036854775807",
            "request-1",
            CALLER,
            OPEN_ID,
            TEMPLATE,
            MessageKind.SECKILL,
            Outcome.REJECTED,
            "CONTENT_BLOCKED",
            new WeChatError(87014, "risky content", "6a0b1c2d-0a1b2c3d-12345678"),
            T0.plusMillis(1),
            T0.plusMillis(2),
            3);

    add(message);

    assertThat(byMessageId("9223372036854775807").message()).isEqualTo(message);
    assertThat(byMessageId("9223372036854775807").receipt()).isNull();
    assertThat(store.messages().findByRequestId(ALL, "request-1"))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(message));
    assertThat(list(new Query())).containsExactly(message);
  }

  @Test
  void message_withEmptyFields_isFoundAsItWas() {
    MessageRecord message =
        new Changes().caller("").outcome(Outcome.NOT_SENT, "OVERLOADED").attempts(0).make();

    add(message);

    assertThat(list(new Query())).containsExactly(message);
  }

  @Test
  void messages_ofEachOutcomeAndKind_areListedAsTheyWere() {
    List<MessageRecord> added = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      for (MessageKind kind : MessageKind.values()) {
        added.add(new Changes().outcome(outcome, "REASON").kind(kind).make());
      }
    }

    store.messages().add(added);

    assertThat(list(new Query())).containsExactlyInAnyOrderElementsOf(added);
  }

  @Test
  void message_thatIsUnknown_isNotFound() {
    add(accepted("1", "r1", T0));

    assertThat(store.messages().findByMessageId(ALL, "2")).isEmpty();
    assertThat(store.messages().findByRequestId(ALL, "r2")).isEmpty();
  }

  @Test
  void emptyId_findsNothing() {
    add(accepted("", "", T0));

    assertThat(store.messages().findByMessageId(ALL, "")).isEmpty();
    assertThat(store.messages().findByRequestId(ALL, "")).isEmpty();
  }

  @Test
  void messageIds_above53And64Bits_areToldApart() {
    add(
        accepted("9007199254740993", "a", T0),
        accepted("9007199254740992", "b", T0),
        accepted("18446744073709551615", "c", T0),
        accepted("18446744073709551614", "d", T0));

    assertThat(byMessageId("9007199254740993").message().requestId()).isEqualTo("a");
    assertThat(byMessageId("9007199254740992").message().requestId()).isEqualTo("b");
    assertThat(byMessageId("18446744073709551615").message().requestId()).isEqualTo("c");
    assertThat(byMessageId("18446744073709551614").message().requestId()).isEqualTo("d");
  }

  @Test
  void ids_areComparedExactly() {
    add(accepted("1", "Request", T0));

    assertThat(store.messages().findByRequestId(ALL, "request")).isEmpty();
    assertThat(store.messages().findByRequestId(ALL, "Request ")).isEmpty();
    assertThat(store.messages().findByMessageId(ALL, "01")).isEmpty();
    assertThat(list(new Query().openId(OPEN_ID.toLowerCase(Locale.ROOT)))).isEmpty();
    assertThat(list(new Query().prefix("req"))).isEmpty();
  }

  @Test
  void requestId_thatWasSentSeveralTimes_findsTheNewest() {
    MessageRecord newest = new Changes().requestId("r").beganAt(T0.plusSeconds(9)).make();

    add(began("r", 5), newest, began("r", 7));

    assertThat(store.messages().findByRequestId(ALL, "r"))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(newest));
  }

  @Test
  void requestId_thatWasSentTwiceAtTheSameTime_findsTheLastThatWasAdded() {
    MessageRecord second = new Changes().requestId("r").attempts(2).make();

    add(new Changes().requestId("r").attempts(1).make());
    add(second);

    assertThat(store.messages().findByRequestId(ALL, "r"))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(second));
  }

  @Test
  void scope_hidesOtherAppsAndCallers() {
    MessageRecord own = new Changes().messageId("1").requestId("r1").make();
    MessageRecord ofOther = new Changes().messageId("2").requestId("r2").caller("other").make();
    MessageRecord ofApp = new Changes().messageId("3").requestId("r3").appId("wx-other").make();
    MessageRecord anonymous = new Changes().messageId("4").requestId("r4").caller("").make();
    add(own, ofOther, ofApp, anonymous);

    assertVisible(new Scope(null, null), own, ofOther, ofApp, anonymous);
    assertVisible(new Scope(Set.of(APP), null), own, ofOther, anonymous);
    assertVisible(new Scope(Set.of(APP, "wx-other"), CALLER), own, ofApp);
    assertVisible(new Scope(null, CALLER), own, ofApp);
    assertVisible(new Scope(Set.of(APP), "other"), ofOther);
    assertVisible(new Scope(null, ""), anonymous);
    assertVisible(new Scope(Set.of(), null));
  }

  private void assertVisible(Scope scope, MessageRecord... expected) {
    Set<MessageRecord> visible = Set.of(expected);
    assertThat(list(new Query().scope(scope))).containsExactlyInAnyOrder(expected);
    for (MessageRecord each : list(new Query())) {
      Optional<JournalEntry> found = store.messages().findByMessageId(scope, each.messageId());
      assertThat(found.isPresent()).as("%s", each).isEqualTo(visible.contains(each));
      assertThat(store.messages().findByRequestId(scope, each.requestId())).isEqualTo(found);
    }
  }

  @Test
  void requestId_ofTwoCallers_findsThatOfTheScope() {
    MessageRecord own = new Changes().requestId("r").beganAt(T0).make();
    MessageRecord newer =
        new Changes().requestId("r").caller("o").beganAt(T0.plusSeconds(1)).make();
    add(own, newer);

    assertThat(store.messages().findByRequestId(new Scope(null, CALLER), "r"))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(own));
    assertThat(store.messages().findByRequestId(ALL, "r"))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(newer));
  }

  @Test
  void messageId_ofTwoApps_findsThatOfTheScope() {
    MessageRecord own = new Changes().messageId("7").make();
    MessageRecord foreign = new Changes().messageId("7").appId("wx-other").make();
    add(own, foreign);
    add(receipt("7", T0));

    JournalEntry found =
        store.messages().findByMessageId(new Scope(Set.of(APP), null), "7").orElseThrow();
    assertThat(found.message()).isEqualTo(own);
    assertThat(found.receipt()).isNotNull();
    JournalEntry other =
        store.messages().findByMessageId(new Scope(Set.of("wx-other"), null), "7").orElseThrow();
    assertThat(other.message()).isEqualTo(foreign);
    assertThat(other.receipt()).isNull();
  }

  @Test
  void list_isNewestFirst_andEndsAtTheLimit() {
    add(began("a", 2), began("b", 0), began("c", 1));

    assertThat(list(new Query()))
        .extracting(MessageRecord::requestId)
        .containsExactly("a", "c", "b");
    assertThat(store.messages().list(all(2)))
        .extracting(entry -> entry.message().requestId())
        .containsExactly("a", "c");
  }

  @Test
  void pages_ofMessagesThatBeganAtOneTime_haveEachOnce() {
    for (int i = 0; i < 25; i++) {
      add(began("r" + i, 0));
    }

    List<String> seen = new ArrayList<>();
    Query query = new Query();
    for (List<JournalEntry> page = store.messages().list(query.make(4));
        !page.isEmpty();
        page = store.messages().list(query.make(4))) {
      page.forEach(entry -> seen.add(entry.message().requestId()));
      query = new Query().after(page.get(page.size() - 1));
    }

    List<String> newestFirst = new ArrayList<>();
    IntStream.range(0, 25).forEach(i -> newestFirst.add(0, "r" + i));
    assertThat(seen).isEqualTo(newestFirst);
  }

  @Test
  void pages_doNotMove_whenRowsArriveLater() {
    for (int i = 0; i < 10; i++) {
      add(began("r" + i, i));
    }
    List<JournalEntry> first = store.messages().list(all(3));

    add(began("newest", 20), began("between", 8), began("oldest", -1), began("same", 7));

    List<JournalEntry> second = store.messages().list(new Query().after(first.get(2)).make(LARGE));
    assertThat(first)
        .extracting(entry -> entry.message().requestId())
        .containsExactly("r9", "r8", "r7");
    assertThat(second)
        .extracting(entry -> entry.message().requestId())
        .containsExactly("r6", "r5", "r4", "r3", "r2", "r1", "r0", "oldest");
  }

  @Test
  void page_afterAPlaceWhoseMessageIsPruned_goesOnThere() {
    add(began("a", 3), began("b", 2), began("c", 1));
    JournalEntry gone = store.messages().list(all(1)).get(0);

    assertThat(
            list(
                new Query().after(new JournalEntry(gone.sequence() + 1_000, gone.message(), null))))
        .extracting(MessageRecord::requestId)
        .containsExactly("a", "b", "c");
    assertThat(list(new Query().after(gone)))
        .extracting(MessageRecord::requestId)
        .containsExactly("b", "c");
  }

  @Test
  void list_fromIsInclusiveAndToExclusive() {
    add(began("a", 1), began("b", 2), began("c", 3));

    assertThat(list(new Query().from(T0.plusSeconds(2)).to(T0.plusSeconds(3))))
        .extracting(MessageRecord::requestId)
        .containsExactly("b");
    assertThat(list(new Query().from(T0.plusSeconds(2))))
        .extracting(MessageRecord::requestId)
        .containsExactly("c", "b");
    assertThat(list(new Query().to(T0.plusSeconds(2))))
        .extracting(MessageRecord::requestId)
        .containsExactly("a");
    assertThat(list(new Query().from(T0.plusMillis(2_001)).to(T0.plusMillis(2_999)))).isEmpty();
  }

  @Test
  void times_ofAllYearsOfTheContract_areTaken() {
    Instant first = Instant.parse("0001-01-01T00:00:00Z");
    Instant last = Instant.parse("9999-12-31T23:59:59.999999999Z");
    add(began("a", 1));
    add(answer("k", Answer.OTHER, T0));

    assertThat(list(new Query().from(first).to(last))).hasSize(1);
    assertThat(list(new Query().from(last))).isEmpty();
    assertThat(list(new Query().to(first))).isEmpty();
    assertThat(readFrom(first)).hasSize(1);
    assertThat(readFrom(last)).isEmpty();
  }

  @Test
  void prefix_hasNoWildcards() {
    add(began("a_b%c\\1", 0), began("axb%c\\2", 0), began("a_b%", 0), began("b", 0));

    assertThat(list(new Query().prefix("a_b%")))
        .extracting(MessageRecord::requestId)
        .containsExactlyInAnyOrder("a_b%c\\1", "a_b%");
    assertThat(list(new Query().prefix("a_b%c\\")))
        .extracting(MessageRecord::requestId)
        .containsExactly("a_b%c\\1");
    assertThat(list(new Query().prefix("%"))).isEmpty();
  }

  @Test
  void prefix_ofTheLastCharacters_findsThose() {
    add(began("\uffff1", 0), began("\ud83d\ude001", 0), began("\ud83d\ude01", 0), began("中文", 0));

    assertThat(list(new Query().prefix("\uffff"))).hasSize(1);
    assertThat(list(new Query().prefix("\ud83d\ude00"))).hasSize(1);
    assertThat(list(new Query().prefix("中"))).hasSize(1);
  }

  @Test
  void filters_matchTogether_asTheReferenceDoes() {
    Random random = new Random(18);
    List<MessageRecord> added = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Outcome outcome = OUTCOMES.get(random.nextInt(4));
      added.add(
          new Changes()
              .appId(random.nextBoolean() ? APP : "wx-other")
              .messageId(outcome == Outcome.ACCEPTED ? "" + (1_000 + i) : "")
              .requestId("job-" + random.nextInt(3) + "-" + i)
              .caller(random.nextBoolean() ? CALLER : "other")
              .openId("user-" + random.nextInt(3))
              .templateId("template-" + random.nextInt(2))
              .outcome(outcome, outcome == Outcome.ACCEPTED ? "" : "REASON_" + random.nextInt(3))
              .beganAt(T0.plusSeconds(random.nextInt(10)))
              .make());
    }
    store.messages().add(added);
    List<Boolean> delivered = new ArrayList<>(Collections.nCopies(200, null));
    for (int i = 0; i < 200; i++) {
      MessageRecord message = added.get(i);
      if (message.outcome() == Outcome.ACCEPTED && i % 3 != 0) {
        delivered.set(i, i % 3 == 1);
        NewEvent receipt = receipt(message.messageId(), i % 3 == 1, T0);
        Event event = receipt.event();
        add(
            new NewEvent(
                receipt.key(),
                new Event(
                    message.appId(),
                    event.openId(),
                    event.templateId(),
                    event.occurredAt(),
                    event.receivedAt(),
                    event.detail())));
      }
    }

    for (int i = 0; i < 100; i++) {
      MessageQuery query = randomQuery(random);
      List<MessageRecord> expected = new ArrayList<>();
      for (int m = 0; m < 200; m++) {
        if (matches(query, added.get(m), delivered.get(m))) {
          expected.add(added.get(m));
        }
      }
      assertThat(store.messages().list(query))
          .as("%s", query)
          .extracting(JournalEntry::message)
          .containsExactlyInAnyOrderElementsOf(expected)
          .isSortedAccordingTo((a, b) -> b.beganAt().compareTo(a.beganAt()));
    }
  }

  private static MessageQuery randomQuery(Random random) {
    Query query = new Query();
    query.scope(
        new Scope(random.nextBoolean() ? null : Set.of(APP), random.nextBoolean() ? null : CALLER));
    if (random.nextInt(3) == 0) {
      query.openId("user-1");
    }
    if (random.nextInt(3) == 0) {
      query.templateId("template-0");
    }
    if (random.nextInt(3) == 0) {
      query.prefix("job-1-");
    }
    if (random.nextInt(3) == 0) {
      query.outcome(OUTCOMES.get(random.nextInt(4)));
    }
    if (random.nextInt(4) == 0) {
      query.reasons("REASON_0", "REASON_2");
    }
    if (random.nextInt(3) == 0) {
      query.delivered(random.nextBoolean());
    }
    if (random.nextInt(3) == 0) {
      query.from(T0.plusSeconds(3));
    }
    if (random.nextInt(3) == 0) {
      query.to(T0.plusSeconds(8));
    }
    return query.make(LARGE);
  }

  private static boolean matches(
      MessageQuery query, MessageRecord message, Boolean deliveredOrNull) {
    return (query.scope().appIds() == null || query.scope().appIds().contains(message.appId()))
        && (query.scope().caller() == null || query.scope().caller().equals(message.caller()))
        && (query.openId().isEmpty() || query.openId().equals(message.openId()))
        && (query.templateId().isEmpty() || query.templateId().equals(message.templateId()))
        && message.requestId().startsWith(query.requestIdPrefix())
        && (query.outcome() == null || query.outcome() == message.outcome())
        && (query.reasons() == null || query.reasons().contains(message.reason()))
        && (query.delivered() == null || query.delivered().equals(deliveredOrNull))
        && (query.from() == null || !message.beganAt().isBefore(query.from()))
        && (query.to() == null || message.beganAt().isBefore(query.to()));
  }

  @Test
  void noReasons_matchNothing() {
    add(began("a", 0));

    assertThat(list(new Query().reasons())).isEmpty();
  }

  @Test
  void texts_thatAreOdd_areKeptAsTheyAre() {
    for (String text :
        List.of(
            "😀👨‍👩‍👧‍👦 中文 ß",
            "'; DROP TABLE messages; --",
            "\"quoted\" 'single' `back` \\ \\0 %s $1 ? :name {}",
            "line\r\nbreak\ttab\u0001\u007f\u2028",
            "x".repeat(1_024))) {
      MessageRecord message =
          new Changes()
              .messageId("m" + text)
              .requestId(text)
              .caller(text)
              .openId(text)
              .templateId(text)
              .outcome(Outcome.REJECTED, "CONTENT_BLOCKED")
              .error(new WeChatError(-1, text, text))
              .make();
      add(message);

      assertThat(store.messages().findByRequestId(new Scope(null, text), text))
          .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(message));
      assertThat(list(new Query().openId(text).templateId(text).prefix(text)))
          .containsExactly(message);
    }
  }

  @Test
  void texts_thatNoDatabaseTakes_areSafeAfterTheyWereMadeSo() {
    MessageRecord message =
        SafeTexts.of(
            new Changes()
                .messageId("1\0")
                .requestId("\0r\ud800")
                .caller("c\udc00")
                .openId("o\0")
                .templateId("t\0")
                .outcome(Outcome.REJECTED, "CONTENT_BLOCKED")
                .error(new WeChatError(1, "\0\ud83d", "\0"))
                .make());
    add(message);

    assertThat(store.messages().findByRequestId(ALL, SafeTexts.of("\0r\ud800")))
        .hasValueSatisfying(found -> assertThat(found.message()).isEqualTo(message));
  }

  // Events.

  @Test
  void events_areReadAsTheyWere_inTheOrderOfTheirPositions() {
    NewEvent change =
        new NewEvent(
            "k1",
            new Event(
                APP,
                OPEN_ID,
                TEMPLATE,
                T0,
                T0.plusMillis(1_234),
                new SubscriptionChange(Answer.OTHER, "filter", Source.SETTINGS, "")));
    NewEvent popup = answer("k2", Answer.ACCEPTED, Source.POPUP, T0);
    NewEvent reported = answer("k3", Answer.REJECTED, Source.REPORTED, T0);
    add(change, popup, reported);

    List<StoredEvent> stored = events();

    assertThat(stored)
        .extracting(StoredEvent::event)
        .containsExactly(change.event(), popup.event(), reported.event());
    assertThat(stored).allSatisfy(each -> assertThat(each.isOwned()).isFalse());
    assertThat(stored).allSatisfy(each -> assertThat(each.caller() + each.requestId()).isEmpty());
    assertThat(stored.get(0).position()).isPositive();
    assertThat(stored).extracting(StoredEvent::position).isSorted().doesNotHaveDuplicates();
    assertThat(store.events().last()).isEqualTo(stored.get(2).position());
  }

  @Test
  void emptyJournal_hasNothingToRead() {
    assertThat(store.events().last()).isZero();
    assertThat(store.events().read(0, 10)).isEqualTo(new EventPage(List.of(), 0));
    assertThat(store.events().before(T0)).isZero();
  }

  @Test
  void emptyLists_changeNothing() {
    add(new MessageRecord[0]);
    add(new NewEvent[0]);

    assertThat(store.events().last()).isZero();
    assertThat(list(new Query())).isEmpty();
  }

  @Test
  void read_inPages_hasEachEventOnce() {
    for (int i = 0; i < 10; i++) {
      add(answer("k" + i, Answer.ACCEPTED, T0.plusSeconds(i)));
    }

    List<Instant> seen = new ArrayList<>();
    long position = 0;
    for (EventPage page = store.events().read(0, 3);
        !page.events().isEmpty();
        page = store.events().read(position, 3)) {
      assertThat(page.events().size()).isLessThanOrEqualTo(3);
      page.events().forEach(each -> seen.add(each.event().occurredAt()));
      assertThat(page.through())
          .isGreaterThanOrEqualTo(page.events().get(page.events().size() - 1).position());
      position = page.through();
    }

    assertThat(seen).isEqualTo(IntStream.range(0, 10).mapToObj(T0::plusSeconds).toList());
    assertThat(position).isGreaterThanOrEqualTo(store.events().last());
  }

  /** As of a cursor after which the database was restored from a backup. */
  @Test
  void position_thatTheJournalHasNotReached_isExpired() {
    add(answer("k", Answer.OTHER, T0));
    long last = store.events().last();

    assertThat(store.events().read(last, 10)).isEqualTo(new EventPage(List.of(), last));
    for (long beyond : new long[] {last + 1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> store.events().read(beyond, 10))
          .isInstanceOf(CursorExpiredException.class);
    }
  }

  @Test
  void event_whoseKeyIsKnown_isIgnored() {
    NewEvent first = answer("k", Answer.ACCEPTED, T0);
    NewEvent another = answer("k2", Answer.OTHER, T0);
    assertThat(store.events().add(List.of(first, answer("k", Answer.REJECTED, T0.plusSeconds(1)))))
        .containsExactly(first.event());
    assertThat(
            store.events().add(List.of(answer("k", Answer.REJECTED, T0.plusSeconds(2)), another)))
        .containsExactly(another.event());

    assertThat(events())
        .extracting(each -> each.event().detail())
        .extracting(detail -> ((SubscriptionChange) detail).answer())
        .containsExactly(Answer.ACCEPTED, Answer.OTHER);
    assertThat(find().times().rejected()).isNull();
  }

  @Test
  void keys_areComparedExactly_andMayHave256Characters() {
    String longest = "中".repeat(255);
    add(
        answer("key", Answer.OTHER, T0),
        answer("KEY", Answer.OTHER, T0),
        answer("key ", Answer.OTHER, T0),
        answer(longest + "a", Answer.OTHER, T0),
        answer(longest + "b", Answer.OTHER, T0));

    assertThat(events()).hasSize(5);
  }

  @Test
  void receipt_afterItsMessage_isVisibleAtOnce_withItsOwner() {
    add(accepted("1", "r1", T0));
    add(receipt("1", T0));

    assertOwned(events(), "r1");
    assertThat(byMessageId("1").receipt())
        .isEqualTo(
            new JournalEntry.Receipt(
                new DeliveryReport(true, "1", "0", "success"), T0.plusSeconds(1)));
  }

  @Test
  void receipt_beforeItsMessage_becomesVisibleWithIt() {
    add(receipt("1", false, T0));

    assertThat(events()).isEmpty();
    assertThat(store.events().last()).isZero();

    add(answer("k", Answer.ACCEPTED, T0));
    add(accepted("1", "r1", T0));

    List<StoredEvent> stored = events();
    assertThat(stored).hasSize(2);
    assertOwned(stored.subList(1, 2), "r1");
    assertThat(reportOf("1").errorStatus()).isEqualTo("failed:system failed");
    assertThat(store.events().publishOrphans(T0.plusSeconds(60), 10)).isZero();
    assertThat(events()).hasSize(2);
  }

  private static void assertOwned(List<StoredEvent> stored, String requestId) {
    assertThat(stored).hasSize(1);
    assertThat(stored.get(0).isOwned()).isTrue();
    assertThat(stored.get(0).caller()).isEqualTo(CALLER);
    assertThat(stored.get(0).requestId()).isEqualTo(requestId);
  }

  @Test
  void receipt_ofAMessageWithoutCallerAndRequestId_isOwned() {
    add(new Changes().messageId("1").caller("").make());
    add(receipt("1", T0));

    assertThat(events()).hasSize(1);
    assertThat(events().get(0).isOwned()).isTrue();
    assertThat(events().get(0).caller() + events().get(0).requestId()).isEmpty();
  }

  @Test
  void receipt_ofAnotherApp_isNotJoined() {
    add(new Changes().appId("wx-other").messageId("1").make());
    add(receipt("1", T0));

    assertThat(events()).isEmpty();
    assertThat(byMessageId("1").receipt()).isNull();
  }

  @Test
  void receipts_ofOneUserInOneSecond_belongToTheirOwnMessages() {
    add(receipt("1", true, T0), receipt("2", false, T0));
    add(accepted("2", "r2", T0), accepted("1", "r1", T0));

    assertThat(events()).hasSize(2);
    assertThat(events())
        .allSatisfy(
            each ->
                assertThat("r" + ((DeliveryReport) each.event().detail()).messageId())
                    .isEqualTo(each.requestId()));
    assertThat(reportOf("1").delivered()).isTrue();
    assertThat(reportOf("2").delivered()).isFalse();
  }

  @Test
  void receipt_twice_isOneEvent() {
    add(receipt("1", T0));
    add(receipt("1", T0.plusSeconds(5)));
    add(accepted("1", "r1", T0));
    add(receipt("1", T0.plusSeconds(10)));

    assertThat(events()).hasSize(1);
  }

  @Test
  void orphan_becomesVisibleWithoutAnOwner_onceItIsOldEnough() {
    add(receipt("1", T0), receipt("2", T0.plusSeconds(10)));

    assertThat(store.events().publishOrphans(T0, 10)).isZero();
    assertThat(events()).isEmpty();
    assertThat(store.events().publishOrphans(T0.plusMillis(1), 10)).isEqualTo(1);

    assertThat(events()).hasSize(1);
    assertThat(events().get(0).isOwned()).isFalse();
    assertThat(events().get(0).event()).isEqualTo(receipt("1", T0).event());
    assertThat(store.events().publishOrphans(T0.plusMillis(1), 10)).isZero();
    assertThat(events()).hasSize(1);
  }

  @Test
  void orphans_arePublishedUpToTheLimit() {
    for (int i = 0; i < 5; i++) {
      add(receipt("" + i, T0));
    }

    assertThat(store.events().publishOrphans(T0.plusSeconds(1), 3)).isEqualTo(3);
    assertThat(events()).hasSize(3);
    assertThat(store.events().publishOrphans(T0.plusSeconds(1), 3)).isEqualTo(2);
    assertThat(events()).hasSize(5);
  }

  @Test
  void message_afterItsReceiptWasPublishedAsAnOrphan_hasTheReceipt() {
    add(receipt("1", T0));
    assertThat(store.events().publishOrphans(T0.plusSeconds(60), 10)).isEqualTo(1);

    add(accepted("1", "r1", T0));

    assertThat(byMessageId("1").receipt()).isNotNull();
    assertThat(list(new Query().delivered(true))).hasSize(1);
    assertThat(events()).hasSize(1);
  }

  @Test
  void positions_underConcurrentAdds_riseInTheOrderInWhichEventsBecomeVisible() throws Exception {
    int writers = 8;
    int each = 25;
    JournalStore other = other();
    AtomicBoolean done = new AtomicBoolean();
    Concurrently.Outcome<List<String>> outcome =
        Concurrently.run(
            writers + 2,
            thread -> {
              JournalStore mine = thread % 2 == 0 ? store : other;
              if (thread >= writers) {
                return watch(mine, writers * each * 2, done);
              }
              try {
                write(mine, thread, each);
              } catch (Throwable fault) {
                done.set(true);
                throw fault;
              }
              return List.of();
            });

    List<List<String>> results = outcome.resultsOfAll();
    assertThat(results.get(writers)).hasSize(writers * each * 2).doesNotHaveDuplicates();
    assertThat(results.get(writers + 1)).isEqualTo(results.get(writers));
  }

  /** Half of the receipts come before their message, half after it. */
  private static void write(JournalStore to, int thread, int each) {
    for (int i = 0; i < each; i++) {
      String id = "" + (1_000_000L * (thread + 1) + i);
      List<NewEvent> events =
          List.of(receipt(id, T0), answer("a" + id, Answer.OTHER, T0.plusSeconds(i)));
      if (i % 2 == 0) {
        to.events().add(events);
        to.messages().add(List.of(accepted(id, "r" + id, T0)));
      } else {
        to.messages().add(List.of(accepted(id, "r" + id, T0)));
        to.events().add(events);
      }
    }
  }

  /** Reads as a watcher does: an event that is visible late in a lower position would lack. */
  private static List<String> watch(JournalStore of, int expected, AtomicBoolean done) {
    List<String> seen = new ArrayList<>();
    long position = 0;
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (seen.size() < expected && !done.get() && System.nanoTime() - end < 0) {
      EventPage page = of.events().read(position, 7);
      page.events().forEach(event -> seen.add(event.position() + " " + event.event().detail()));
      position = page.through();
    }
    return seen;
  }

  @Test
  void keys_addedConcurrently_makeOneEventEach() throws Exception {
    JournalStore other = other();

    Concurrently.run(
            8,
            thread -> {
              for (int i = 0; i < 20; i++) {
                (thread % 2 == 0 ? store : other)
                    .events()
                    .add(
                        List.of(
                            answer("k" + i, Answer.ACCEPTED, T0),
                            answer("l" + (19 - i), Answer.ACCEPTED, T0)));
              }
              return true;
            })
        .resultsOfAll();

    assertThat(events()).hasSize(40);
    assertThat(events(other)).isEqualTo(events());
  }

  @Test
  void before_isThePositionBeforeTheFirstEventReceivedThenOrLater() {
    for (int second : new int[] {0, 10, 5, 20}) {
      add(answer("k" + second, Answer.OTHER, T0.plusSeconds(second)));
    }

    assertThat(readFrom(T0.minusSeconds(1))).hasSize(4);
    assertThat(readFrom(T0)).hasSize(4);
    assertThat(readFrom(T0.plusMillis(1))).hasSize(3);
    assertThat(readFrom(T0.plusSeconds(10))).hasSize(3);
    assertThat(readFrom(T0.plusSeconds(20))).hasSize(1);
    assertThat(readFrom(T0.plusSeconds(21))).isEmpty();
    add(answer("late", Answer.OTHER, T0.plusSeconds(30)));
    assertThat(readFrom(T0.plusSeconds(21))).hasSize(1);
  }

  /** A store may begin a little earlier; the reader skips what is older. */
  private List<StoredEvent> readFrom(Instant time) {
    List<StoredEvent> read = store.events().read(store.events().before(time), LARGE).events();
    int first = 0;
    while (first < read.size() && read.get(first).event().receivedAt().isBefore(time)) {
      first++;
    }
    return read.subList(first, read.size());
  }

  @Test
  void answers_areThoseOfTheUser_latestFirst() {
    NewEvent other = answer("other", Answer.ACCEPTED, T0.plusSeconds(9));
    Event event = other.event();
    add(
        answer("a", Answer.ACCEPTED, T0.plusSeconds(2)),
        answer("b", Answer.OTHER, Source.SETTINGS, T0.plusSeconds(3)),
        answer("c", Answer.REJECTED, Source.REPORTED, T0.plusSeconds(1)),
        receipt("1", T0),
        new NewEvent(
            "of another user",
            new Event(
                APP, "another", TEMPLATE, event.occurredAt(), event.receivedAt(), event.detail())),
        new NewEvent(
            "of another app",
            new Event(
                "wxother",
                OPEN_ID,
                TEMPLATE,
                event.occurredAt(),
                event.receivedAt(),
                event.detail())));

    List<StoredEvent> found = store.events().answers(APP, OPEN_ID, LARGE);

    assertThat(found)
        .extracting(each -> each.event().occurredAt())
        .containsExactly(T0.plusSeconds(3), T0.plusSeconds(2), T0.plusSeconds(1));
    assertThat(found).isSubsetOf(events());
    assertThat(store.events().answers(APP, OPEN_ID, 1)).containsExactly(found.get(0));
    assertThat(store.events().answers(APP, "nobody", LARGE)).isEmpty();
  }

  @Test
  void receipts_areThoseOfTheMessage() {
    add(accepted("1", "request-1", T0), accepted("2", "request-2", T0));
    add(receipt("2", T0.plusSeconds(2)), receipt("1", false, T0.plusSeconds(3)));

    List<StoredEvent> found = store.events().receipts(APP, "1");

    assertThat(found).hasSize(1).isSubsetOf(events());
    assertThat(found.get(0).requestId()).isEqualTo("request-1");
    assertThat(found.get(0).event().receivedAt()).isEqualTo(T0.plusSeconds(3));
    assertThat(store.events().receipts("wxother", "1")).isEmpty();
    assertThat(store.events().receipts(APP, "")).isEmpty();
  }

  @Test
  void id_isThatOfTheJournal() throws Exception {
    assertThat(store.id()).isNotEmpty().isEqualTo(other().id());
    assertThat(store.id()).hasSizeLessThanOrEqualTo(64);
  }

  // Subscriptions.

  private SubscriptionHistory find() {
    List<SubscriptionHistory> found = store.subscriptions().find(APP, OPEN_ID, List.of(TEMPLATE));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).key()).isEqualTo(KEY);
    return found.get(0);
  }

  @Test
  void subscription_ofWhichNothingIsKnown_isNotFound() {
    add(answer("k", Answer.OTHER, T0));
    add(began("r", 0));

    assertThat(store.subscriptions().find(APP, OPEN_ID, List.of(TEMPLATE))).isEmpty();
    assertThat(store.subscriptions().find(APP, OPEN_ID, List.of())).isEmpty();
  }

  @Test
  void subscription_hasTheTimesOfItsFacts() {
    add(
        answer("k1", Answer.ACCEPTED, T0),
        answer("k2", Answer.REJECTED, T0.plusSeconds(10)),
        answer("k3", Answer.ACCEPTED, Source.REPORTED, T0.plusSeconds(20)),
        answer("k4", Answer.OTHER, T0.plusSeconds(50)));
    add(accepted("1", "r1", T0.plusSeconds(30)), refused("r2", T0.plusSeconds(40)));

    SubscriptionTimes times = find().times();

    assertThat(times.accepted()).isEqualTo(T0.plusSeconds(20));
    assertThat(times.rejected()).isEqualTo(T0.plusSeconds(10));
    assertThat(times.refused()).isEqualTo(T0.plusSeconds(40));
    assertThat(times.sent()).isEqualTo(T0.plusSeconds(31));
    assertThat(times.state()).isEqualTo(State.USED_UP);
  }

  @Test
  void subscription_isTheSame_inWhateverOrderAndHoweverOftenItsFactsCome() {
    for (int seed = 0; seed < 10; seed++) {
      String user = "user-" + seed;
      List<Runnable> order = new ArrayList<>();
      order.add(() -> add(answerOf(user, "accepted", Answer.ACCEPTED, 10)));
      order.add(() -> add(answerOf(user, "rejected", Answer.REJECTED, 20)));
      order.add(() -> add(answerOf(user, "settings", Answer.ACCEPTED, 15)));
      order.add(() -> add(refusedOf(user, 18)));
      order.add(() -> add(sentTo(user, 25)));
      order.add(() -> add(sentTo(user, 5)));
      order.addAll(order.subList(0, 4));
      Collections.shuffle(order, new Random(seed));
      order.forEach(Runnable::run);

      List<SubscriptionHistory> found = store.subscriptions().find(APP, user, List.of(TEMPLATE));
      assertThat(found).hasSize(1);
      assertThat(found.get(0).times())
          .as("seed %s", seed)
          .isEqualTo(
              new SubscriptionTimes(
                  T0.plusSeconds(15), T0.plusSeconds(20), T0.plusSeconds(18), T0.plusSeconds(26)));
      assertThat(found.get(0).acceptances()).isEmpty();
      assertThat(found.get(0).sends()).containsExactly(T0.plusSeconds(26));
    }
  }

  private static NewEvent answerOf(String user, String key, Answer answer, int second) {
    NewEvent like = answer(user + key, answer, T0.plusSeconds(second));
    Event event = like.event();
    return new NewEvent(
        like.key(),
        new Event(
            event.appId(),
            user,
            event.templateId(),
            event.occurredAt(),
            event.receivedAt(),
            event.detail()));
  }

  private static MessageRecord refusedOf(String user, int second) {
    return new Changes()
        .openId(user)
        .beganAt(T0.plusSeconds(second))
        .outcome(Outcome.REJECTED, "USER_NOT_SUBSCRIBED")
        .make();
  }

  private static MessageRecord sentTo(String user, int second) {
    return new Changes().openId(user).beganAt(T0.plusSeconds(second)).make();
  }

  @Test
  void history_hasTheFactsSinceTheSubscriptionWasLastClosed_oldestFirst() {
    add(
        answer("k1", Answer.ACCEPTED, T0),
        answer("k2", Answer.ACCEPTED, Source.REPORTED, T0.plusSeconds(20)),
        answer("k3", Answer.ACCEPTED, Source.SETTINGS, T0.plusSeconds(15)));
    add(
        accepted("1", "", T0),
        accepted("2", "", T0.plusSeconds(30)),
        accepted("3", "", T0.plusSeconds(25)));
    add(refused("r", T0.plusSeconds(10)));

    assertThat(find().acceptances())
        .containsExactly(
            new Acceptance(T0.plusSeconds(15), Source.SETTINGS),
            new Acceptance(T0.plusSeconds(20), Source.REPORTED));
    assertThat(find().sends()).containsExactly(T0.plusSeconds(26), T0.plusSeconds(31));
  }

  @Test
  void history_includesTheSecondInWhichTheSubscriptionWasClosed() {
    add(refused("r", T0.plusMillis(900)));
    add(answer("k", Answer.ACCEPTED, T0));
    add(new Changes().beganAt(T0).endedAt(T0.plusMillis(100)).make());

    assertThat(find().times().state()).isEqualTo(State.ACCEPTED);
    assertThat(find().acceptances()).hasSize(1);
    assertThat(find().sends()).hasSize(1);
  }

  @Test
  void history_hasTheNewestThousand() {
    List<NewEvent> acceptances = new ArrayList<>();
    List<MessageRecord> sends = new ArrayList<>();
    for (int i = 0; i < 1_003; i++) {
      acceptances.add(answer("k" + i, Answer.ACCEPTED, T0.plusSeconds(i)));
      sends.add(began("r" + i, i));
    }
    store.events().add(acceptances);
    store.messages().add(sends);

    assertThat(find().acceptances()).hasSize(1_000);
    assertThat(find().acceptances().get(0).at()).isEqualTo(T0.plusSeconds(3));
    assertThat(find().sends()).hasSize(1_000);
    assertThat(find().sends().get(0)).isEqualTo(T0.plusSeconds(4));
  }

  @Test
  void subscriptions_ofAUser_areThoseThatAreAskedFor_orAllThatAreKnown() {
    for (String template : List.of("b", "a", "c")) {
      add(
          new NewEvent(
              "k" + template,
              new Event(
                  APP,
                  OPEN_ID,
                  template,
                  T0,
                  T0,
                  new SubscriptionChange(Answer.ACCEPTED, "accept", Source.POPUP, "1"))));
    }
    add(answerOf("other-user", "x", Answer.ACCEPTED, 0));

    assertThat(templates(List.of())).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(templates(List.of("c", "a", "unknown"))).containsExactlyInAnyOrder("a", "c");
    assertThat(store.subscriptions().find("wx-other", OPEN_ID, List.of())).isEmpty();
    assertThat(store.subscriptions().find(APP, OPEN_ID, List.of("unknown"))).isEmpty();
  }

  private List<String> templates(List<String> templateIds) {
    return store.subscriptions().find(APP, OPEN_ID, templateIds).stream()
        .map(history -> history.key().templateId())
        .toList();
  }

  @Test
  void closedAndChangedSince_hasThoseThatWereEverClosed_latestChangeFirst() throws Exception {
    add(sentTo("open", 0), refusedOf("refused", 0));
    add(answerOf("rejected", "k1", Answer.REJECTED, 5));
    add(answerOf("accepted", "k2", Answer.ACCEPTED, 5));
    add(refusedOf("reopened", 0));
    add(answerOf("reopened", "k3", Answer.ACCEPTED, 60));

    Map<SubscriptionKey, SubscriptionTimes> closed =
        other().subscriptions().closedAndChangedSince(Instant.EPOCH, LARGE);

    assertThat(closed.keySet())
        .extracting(SubscriptionKey::openId)
        .containsExactlyInAnyOrder("refused", "rejected", "reopened");
    assertThat(closed.keySet().iterator().next().openId()).isEqualTo("reopened");
    SubscriptionKey reopened = new SubscriptionKey(APP, "reopened", TEMPLATE);
    assertThat(closed.get(reopened))
        .isEqualTo(new SubscriptionTimes(T0.plusSeconds(60), null, T0, null));
    assertThat(store.subscriptions().closedAndChangedSince(Instant.EPOCH, 1)).hasSize(1);
    assertThat(
            store
                .subscriptions()
                .closedAndChangedSince(Instant.now().plus(Duration.ofHours(1)), LARGE))
        .isEmpty();
  }

  @Test
  void closedAndChangedSince_hasASubscriptionThatASendReopened() {
    add(refusedOf("user", 0));
    add(sentTo("user", 10));

    assertThat(store.subscriptions().closedAndChangedSince(Instant.EPOCH, LARGE))
        .containsExactly(
            Map.entry(
                new SubscriptionKey(APP, "user", TEMPLATE),
                new SubscriptionTimes(null, null, T0, T0.plusSeconds(11))));
  }

  // Retention.

  @Test
  void prune_forgetsWhatEndedOrWasReceivedBefore_andKeepsTheRest() {
    add(
        new Changes().messageId("1").requestId("old").beganAt(T0).endedAt(T0.plusSeconds(9)).make(),
        new Changes()
            .messageId("2")
            .requestId("edge")
            .beganAt(T0)
            .endedAt(T0.plusSeconds(10))
            .make(),
        new Changes()
            .messageId("3")
            .requestId("new")
            .beganAt(T0)
            .endedAt(T0.plusSeconds(11))
            .make());
    add(
        answer("k1", Answer.ACCEPTED, T0.plusSeconds(9)),
        answer("k2", Answer.ACCEPTED, T0.plusSeconds(10)),
        answer("k3", Answer.ACCEPTED, T0.plusSeconds(11)));
    add(receipt("unknown", T0.plusSeconds(9)));

    assertThat(store.prune(T0.plusSeconds(10), 100)).isFalse();

    assertThat(list(new Query()))
        .extracting(MessageRecord::requestId)
        .containsExactlyInAnyOrder("edge", "new");
    assertThat(store.messages().findByMessageId(ALL, "1")).isEmpty();
    assertThat(store.messages().findByRequestId(ALL, "old")).isEmpty();
    long after = store.events().before(Instant.EPOCH);
    assertThat(store.events().read(after, LARGE).events())
        .extracting(each -> each.event().receivedAt())
        .containsExactly(T0.plusSeconds(10), T0.plusSeconds(11));
    assertThat(store.events().publishOrphans(T0.plusSeconds(60), 10)).isZero();
    assertThat(store.events().read(after, LARGE).events()).hasSize(2);
  }

  @Test
  void prune_keepsSubscriptions() {
    add(answer("k", Answer.ACCEPTED, T0));
    add(refused("r", T0.plusSeconds(5)));
    SubscriptionTimes before = find().times();

    while (store.prune(T0.plusSeconds(3_600), 1)) {
      // In steps.
    }

    assertThat(find().times()).isEqualTo(before);
    assertThat(find().acceptances()).isEmpty();
    assertThat(store.subscriptions().closedAndChangedSince(Instant.EPOCH, LARGE)).hasSize(1);
  }

  @Test
  void prune_inSteps_ends() {
    List<MessageRecord> messages = new ArrayList<>();
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      messages.add(began("r" + i, 0));
      events.add(answer("k" + i, Answer.OTHER, T0));
    }
    store.messages().add(messages);
    store.events().add(events);

    assertThat(store.prune(T0.plusSeconds(60), 4)).isTrue();
    assertThat(list(new Query())).hasSize(6);
    int steps = 1;
    while (store.prune(T0.plusSeconds(60), 4)) {
      steps++;
    }

    assertThat(steps).isLessThan(10);
    assertThat(list(new Query())).isEmpty();
    assertThat(store.prune(T0.plusSeconds(60), 4)).isFalse();
  }

  @Test
  void position_beforePrunedEvents_isExpired_andTheFirstKeptIsNot() {
    add(answer("k1", Answer.OTHER, T0), answer("k2", Answer.OTHER, T0));
    add(answer("k3", Answer.OTHER, T0.plusSeconds(10)));
    List<StoredEvent> stored = events();

    while (store.prune(T0.plusSeconds(5), 10)) {
      // In steps.
    }

    assertThatThrownBy(() -> store.events().read(0, 10)).isInstanceOf(CursorExpiredException.class);
    assertThatThrownBy(() -> store.events().read(stored.get(0).position(), 10))
        .isInstanceOf(CursorExpiredException.class);
    assertThat(store.events().read(stored.get(1).position(), 10).events())
        .containsExactly(stored.get(2));
    assertThat(store.events().read(store.events().before(Instant.EPOCH), 10).events())
        .containsExactly(stored.get(2));
    assertThat(store.events().last()).isEqualTo(stored.get(2).position());
  }

  @Test
  void positions_riseAfterEverythingWasPruned() {
    add(answer("k1", Answer.OTHER, T0));
    long last = store.events().last();

    while (store.prune(T0.plusSeconds(5), 10)) {
      // In steps.
    }

    assertThat(store.events().last()).isEqualTo(last);
    assertThat(store.events().read(last, 10).events()).isEmpty();
    assertThat(store.events().before(Instant.EPOCH)).isEqualTo(last);
    add(answer("k2", Answer.OTHER, T0.plusSeconds(10)));
    assertThat(store.events().last()).isGreaterThan(last);
    assertThat(store.events().read(last, 10).events()).hasSize(1);
  }

  @Test
  void otherInstance_seesTheSame() throws Exception {
    add(receipt("1", T0));
    JournalStore other = other();
    other.messages().add(List.of(accepted("1", "r1", T0)));

    assertOwned(events(), "r1");
    assertThat(events(other)).isEqualTo(events());
    assertThat(other.messages().list(all(10))).isEqualTo(store.messages().list(all(10)));
  }
}
