package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.jdbc.Journals.open;
import static dev.wxnotify.server.journal.JournalSamples.APP;
import static dev.wxnotify.server.journal.JournalSamples.OPEN_ID;
import static dev.wxnotify.server.journal.JournalSamples.T0;
import static dev.wxnotify.server.journal.JournalSamples.TEMPLATE;
import static dev.wxnotify.server.journal.JournalSamples.accepted;
import static dev.wxnotify.server.journal.JournalSamples.answer;
import static dev.wxnotify.server.journal.JournalSamples.receipt;
import static dev.wxnotify.server.journal.JournalSamples.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.Event.Answer;
import dev.wxnotify.server.journal.EventPage;
import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.testing.Concurrently;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Two replicas that write, read and forget in one database. */
abstract class PostgresRaces {
  private final TestPostgres postgres = TestPostgres.shared();

  /** A plain serial id would be taken before the other transaction commits, and be passed over. */
  @Test
  void event_ofATransactionThatCommitsLate_isNotPassedOver() throws Exception {
    String url = postgres.newSchema();
    String schema = TestPostgres.schemaOf(url);
    try (JournalStore store = open(url);
        Connection slow = postgres.connect();
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("SET search_path = " + schema);
      // Stored and not committed, with a lower id than all that follows.
      statement.execute(
          "INSERT INTO event (event_key, app_id, open_id, template_id, occurred_at, received_at,"
              + " answer, raw_answer, source, popup_scene, owned, caller, request_id) VALUES ('slow',"
              + " 'a', 'o', 't', 0, 0, 'OTHER', 'ban', 'POPUP', '', false, '', '')");
      store.events().add(List.of(answer("fast", Answer.OTHER, T0)));
      EventPage first = store.events().read(0, 10);
      slow.commit();
      store.events().publishOrphans(T0, 10);

      assertThat(first.events()).hasSize(1);
      assertThat(store.events().read(first.through(), 10).events())
          .singleElement()
          .satisfies(event -> assertThat(event.event().openId()).isEqualTo("o"));
    }
  }

  @Test
  void positions_ofTwoReplicas_haveNoGaps_andEachReceiptHasItsMessage() throws Exception {
    String url = postgres.newSchema();
    int each = 40;
    try (JournalStore one = open(url);
        JournalStore other = open(url)) {
      Concurrently.run(
              6,
              thread -> {
                JournalStore mine = thread % 2 == 0 ? one : other;
                for (int i = 0; i < each; i++) {
                  // The message by one replica, its receipt by another one, at the same time.
                  String id = "" + (1_000 * (thread / 2) + i);
                  if (thread % 2 == 0) {
                    mine.messages().add(List.of(accepted(id, "r" + id, T0)));
                  } else {
                    mine.events().add(List.of(receipt(id, T0)));
                  }
                }
                return true;
              })
          .resultsOfAll();

      List<StoredEvent> events = one.events().read(0, 1_000).events();
      assertThat(events)
          .extracting(StoredEvent::position)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 3L * each).boxed().toList());
      assertThat(events).allSatisfy(event -> assertThat(event.isOwned()).isTrue());
    }
  }

  /** Facts of one user from many threads: no circle of locks, and the latest time counts. */
  @Test
  void facts_ofTheSameUsers_byTwoReplicas_areMerged() throws Exception {
    String url = postgres.newSchema();
    try (JournalStore one = open(url);
        JournalStore other = open(url)) {
      Concurrently.run(
              6,
              thread -> {
                JournalStore mine = thread % 2 == 0 ? one : other;
                for (int i = 0; i < 20; i++) {
                  int second = 10 * i + thread;
                  mine.messages()
                      .add(
                          List.of(
                              refused("a", T0.plusSeconds(second)),
                              new Changes()
                                  .openId("user-" + (thread + i) % 3)
                                  .beganAt(T0.plusSeconds(second))
                                  .make(),
                              new Changes()
                                  .openId("user-" + i % 3)
                                  .beganAt(T0.plusSeconds(second))
                                  .outcome(
                                      dev.wxnotify.server.journal.MessageRecord.Outcome.REJECTED,
                                      "USER_NOT_SUBSCRIBED")
                                  .make()));
                }
                return true;
              })
          .resultsOfAll();

      assertThat(one.subscriptions().find(APP, OPEN_ID, List.of(TEMPLATE)))
          .singleElement()
          .satisfies(found -> assertThat(found.times().refused()).isEqualTo(T0.plusSeconds(195)));
    }
  }

  @Test
  void pruning_byTwoReplicas_whileOthersAddAndRead_losesNothingNew() throws Exception {
    String url = postgres.newSchema();
    try (JournalStore one = open(url);
        JournalStore other = open(url)) {
      for (int i = 0; i < 20; i++) {
        addOldAndNew(one, "old-" + i, 0);
      }
      List<List<Long>> seen =
          Concurrently.run(
                  5,
                  thread -> {
                    JournalStore mine = thread % 2 == 0 ? one : other;
                    List<Long> positions = new ArrayList<>();
                    for (int i = 0; i < 30; i++) {
                      if (thread < 2) {
                        mine.prune(T0.plusSeconds(100), 3);
                      } else if (thread < 4) {
                        addOldAndNew(mine, "new-" + thread + "-" + i, 200);
                      } else {
                        readAll(mine, positions);
                      }
                    }
                    return positions;
                  })
              .resultsOfAll();

      while (one.prune(T0.plusSeconds(100), 3)) {
        // The rest.
      }
      List<Long> positions = new ArrayList<>(seen.get(4));
      readAll(one, positions);
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      assertThat(one.events().read(one.events().before(T0), 1_000).events()).hasSize(60);
      assertThat(Journals.requestIds(one)).hasSize(60).allMatch(id -> id.startsWith("new-"));
    }
  }

  private static void addOldAndNew(JournalStore to, String id, int second) {
    to.messages().add(List.of(accepted("", id, T0.plusSeconds(second))));
    to.events().add(List.of(answer(id, Answer.OTHER, T0.plusSeconds(second))));
  }

  /** As a watcher does that begins again where its cursor has expired. */
  private static void readAll(JournalStore of, List<Long> positions) {
    long position = positions.isEmpty() ? 0 : positions.get(positions.size() - 1);
    while (true) {
      try {
        List<StoredEvent> page = of.events().read(position, 5).events();
        if (page.isEmpty()) {
          return;
        }
        page.forEach(event -> positions.add(event.position()));
        position = positions.get(positions.size() - 1);
      } catch (CursorExpiredException e) {
        position = of.events().before(java.time.Instant.EPOCH);
      }
    }
  }
}
