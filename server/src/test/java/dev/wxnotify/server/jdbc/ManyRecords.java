package dev.wxnotify.server.jdbc;

import static dev.wxnotify.server.journal.JournalSamples.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wxnotify.server.journal.JournalSamples.Changes;
import dev.wxnotify.server.journal.JournalSamples.Query;
import dev.wxnotify.server.journal.JournalStore;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.journal.MessageRecord.Outcome;
import dev.wxnotify.server.journal.Scope;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What look-ups, batches and retention take in a store with many records. With {@code
 * -Dwxnotify.test.journal-rows=10000000} it takes some minutes and logs the figures of
 * docs/performance.md; without it, it shows that each look-up finds what it should.
 */
final class ManyRecords {
  /** One record each second: 10 million are 116 days. */
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  static final int ROWS = Integer.getInteger("wxnotify.test.journal-rows", 5_000);

  private static final boolean IS_LONG = ROWS >= 1_000_000;
  private static final int LOOK_UPS = IS_LONG ? 1_000 : 20;
  private static final int BATCH = 250;
  private static final Logger log = LoggerFactory.getLogger(ManyRecords.class);

  private final String name;
  private final JournalStore store;
  private final Random random = new Random(1);

  ManyRecords(String name, JournalStore store) {
    this.name = name;
    this.store = store;
  }

  /**
   * The statements that fill an empty journal: users with some ten messages each, one message in
   * twenty refused, one in a hundred thousand of another caller, a receipt for one in ten.
   *
   * @param numbers a table expression with the numbers from 1 to {@link #ROWS} as {@code n}
   */
  static List<String> fill(String numbers) {
    long begin = Times.micros(BEGIN);
    return List.of(
        "INSERT INTO message ("
            + MessageRows.COLUMNS
            + ") SELECT 'wx0123456789abcdef', CASE WHEN n % 20 = 0 THEN '' ELSE '25' || (10000000000 +"
            + " n) END, 'job-' || (n / 1000) || '-' || n, CASE WHEN n % 100000 = 1 THEN 'rare' ELSE"
            + " 'shop' END, 'oAbCdEfGhIjKlMnOpQ' || ((n * 7919) % "
            + Math.max(1, ROWS / 10)
            + "), 'tmpl-00000000000000000000000000000000000' || (n % 5), 'SUBSCRIBE', CASE WHEN n % 20"
            + " = 0 THEN 'REJECTED' ELSE 'ACCEPTED' END, CASE WHEN n % 20 = 0 THEN"
            + " 'USER_NOT_SUBSCRIBED' ELSE '' END, CASE WHEN n % 20 = 0 THEN 43101 END, CASE WHEN n %"
            + " 20 = 0 THEN 'user refuse to accept the msg' END, CASE WHEN n % 20 = 0 THEN"
            + " '6a0b1c2d-0a1b2c3d-12345678' END, "
            + begin
            + " + n * CAST(1000000 AS bigint), "
            + begin
            + " + n * CAST(1000000 AS bigint) + 30000, 1 FROM "
            + numbers,
        "INSERT INTO event (event_key, app_id, open_id, template_id, occurred_at, received_at,"
            + " message_id, delivered, error_code, error_status, position, owned, caller, request_id,"
            + " received_through) SELECT 'delivery:' || n, 'wx0123456789abcdef', 'oAbCdEfGhIjKlMnOpQ'"
            + " || ((n * 7919) % "
            + Math.max(1, ROWS / 10)
            + "), 'tmpl-00000000000000000000000000000000000' || (n % 5), "
            + begin
            + " + n * CAST(1000000 AS bigint), "
            + begin
            + " + n * CAST(1000000 AS bigint), '25' || (10000000000 + n), n % 1000 <> 1, '0',"
            + " 'success', n / 10 + 1, true, 'shop', '', "
            + begin
            + " + n * CAST(1000000 AS bigint) FROM "
            + numbers
            + " WHERE n % 10 = 1",
        "UPDATE journal SET last_position = (SELECT COUNT(*) FROM event), received_through = (SELECT"
            + " MAX(received_at) FROM event)");
  }

  void measure() throws Exception {
    lookUps();
    batches();
    retention();
  }

  private void lookUps() {
    Instant end = BEGIN.plusSeconds(ROWS + 1L);
    measure(
        "by message id",
        n -> {
          int sent = n % 20 == 0 ? n - 1 : n;
          assertThat(store.messages().findByMessageId(ALL, "25" + (10_000_000_000L + sent)))
              .isPresent();
        });
    measure(
        "by request id",
        n ->
            assertThat(store.messages().findByRequestId(ALL, "job-" + n / 1_000 + "-" + n))
                .isPresent());
    measure(
        "by open id, 50 a page",
        n ->
            assertThat(
                    store
                        .messages()
                        .list(new Query().openId("oAbCdEfGhIjKlMnOpQ" + n % (ROWS / 10)).make(50)))
                .hasSizeBetween(1, 50));
    measure("newest 50", n -> assertThat(store.messages().list(new Query().make(50))).hasSize(50));
    measure(
        "50 refused of one template and day",
        n ->
            store
                .messages()
                .list(
                    new Query()
                        .templateId("tmpl-000000000000000000000000000000000000")
                        .outcome(Outcome.REJECTED)
                        .from(BEGIN.plusSeconds(n))
                        .to(BEGIN.plusSeconds(n + 86_400L))
                        .make(50)));
    measure(
        "50 by a prefix of request ids",
        n ->
            assertThat(store.messages().list(new Query().prefix("job-" + n / 1_000 + "-").make(50)))
                .hasSizeBetween(1, 50));
    measure(
        "all of a caller that is rare",
        n ->
            assertThat(store.messages().list(new Query().scope(new Scope(null, "rare")).make(50)))
                .isNotEmpty());
    measure(
        "50 with a failed receipt, of a week",
        n ->
            store
                .messages()
                .list(
                    new Query()
                        .delivered(false)
                        .from(BEGIN.plusSeconds(n))
                        .to(BEGIN.plusSeconds(n + 604_800L))
                        .make(50)));
    measure(
        "the position before a time",
        n -> assertThat(store.events().before(BEGIN.plusSeconds(n))).isBetween(0L, (long) ROWS));
    assertThat(store.events().before(end)).isEqualTo(store.events().last());
  }

  private void measure(String what, IntConsumer lookUp) {
    long[] nanos = new long[LOOK_UPS];
    for (int i = 0; i < LOOK_UPS; i++) {
      int n = 1 + random.nextInt(ROWS);
      long began = System.nanoTime();
      lookUp.accept(n);
      nanos[i] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    log.info(
        "{}, {} records, {}: p50 {} ms, p95 {} ms, greatest {} ms",
        name,
        ROWS,
        what,
        millis(nanos[LOOK_UPS / 2]),
        millis(nanos[LOOK_UPS * 95 / 100]),
        millis(nanos[LOOK_UPS - 1]));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
  }

  /** What a message costs the thread that stores it: the CPU of this process alone. */
  private void batches() {
    int batches = IS_LONG ? 400 : 4;
    AtomicInteger number = new AtomicInteger();
    for (int i = 0; i < batches; i++) {
      store.messages().add(batch(number));
    }
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long began = System.nanoTime();
    for (int i = 0; i < batches; i++) {
      store.messages().add(batch(number));
    }
    log.info(
        "{}, {} records, batches of {}: {} µs CPU of this process for a message, {} messages/s",
        name,
        ROWS,
        BATCH,
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu)
            / 1_000.0
            / batches
            / BATCH,
        (long) (batches * BATCH * 1e9 / (System.nanoTime() - began)));
  }

  private static List<MessageRecord> batch(AtomicInteger number) {
    List<MessageRecord> batch = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int n = number.incrementAndGet();
      Instant began = BEGIN.plusSeconds(ROWS + 10L).plusMillis(n);
      batch.add(
          new Changes()
              .messageId("99" + n)
              .requestId("new-" + n)
              .openId("oAbCdEfGhIjKlMnOpQ" + n % (ROWS / 10))
              .beganAt(began)
              .endedAt(began.plusMillis(30))
              .make());
    }
    return batch;
  }

  /** Old rows leave while batches come at 5,000 messages/s. */
  private void retention() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger number = new AtomicInteger(10_000_000);
    List<Long> nanos = new ArrayList<>();
    Thread writer =
        new Thread(
            () -> {
              while (!done.get()) {
                long began = System.nanoTime();
                store.messages().add(batch(number));
                long took = System.nanoTime() - began;
                nanos.add(took);
                java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(1_000L * BATCH / 5_000).toNanos() - took);
              }
            });
    writer.start();
    long began = System.nanoTime();
    Duration longest = Duration.ofSeconds(IS_LONG ? 30 : 1);
    int calls = 0;
    long greatest = 0;
    while (System.nanoTime() - began < longest.toNanos()) {
      long call = System.nanoTime();
      boolean isMore = store.prune(BEGIN.plusSeconds(ROWS / 2), 1_000);
      greatest = Math.max(greatest, System.nanoTime() - call);
      calls++;
      if (!isMore) {
        break;
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    done.set(true);
    writer.join();
    nanos.sort(null);
    log.info(
        "{}, {} records, pruning beside 5,000 messages/s: {} rows/s, a call at most {} ms; a batch of"
            + " {}: p50 {} ms, p95 {} ms, greatest {} ms",
        name,
        ROWS,
        (long) (calls * 1_000L / seconds),
        millis(greatest),
        BATCH,
        millis(nanos.get(nanos.size() / 2)),
        millis(nanos.get(nanos.size() * 95 / 100)),
        millis(nanos.get(nanos.size() - 1)));
    assertThat(calls).isPositive();
  }
}
