package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wxnotify.v1.BatchSendRequest;
import dev.wxnotify.v1.BatchSummary;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSenderTest {
  private static final Duration SHORT = Duration.ofMillis(2);

  private final FakeService service = new FakeService();
  private final Heard heard = new Heard();
  private final List<AutoCloseable> closeables = new ArrayList<>();
  private String address = "";

  /** Records its results, and detects an index with two results. */
  private static class Heard implements BatchListener {
    final List<BatchResult> results = new CopyOnWriteArrayList<>();
    final List<SendFailure> breaks = new CopyOnWriteArrayList<>();
    final Map<Long, BatchResult> byIndex = new ConcurrentHashMap<>();

    @Override
    public void onResult(BatchResult result) {
      results.add(result);
      BatchResult before = byIndex.put(result.index(), result);
      if (before != null) {
        throw new AssertionError("two results: " + before + " and " + result);
      }
    }

    BatchResult of(long index) {
      BatchResult result = byIndex.get(index);
      if (result == null) {
        throw new AssertionError("no result of item " + index);
      }
      return result;
    }

    @Override
    public void onBroken(SendFailure cause, Duration pause) {
      breaks.add(cause);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    address = service.listen();
  }

  @AfterEach
  void close() throws Exception {
    Collections.reverse(closeables);
    for (AutoCloseable each : closeables) {
      each.close();
    }
    service.close();
  }

  @Test
  void sendAll_everyItem_hasItsResult() throws Exception {
    List<BatchSendRequest> items = FakeService.items(5_000, true);

    BatchReport report = batch().sendAll(items.iterator(), heard);

    assertThat(heard.byIndex).hasSize(5_000);
    heard.results.forEach(
        result -> {
          assertThat(result.isAccepted()).isTrue();
          assertThat(result.request()).isEqualTo(items.get((int) result.index()));
          assertThat(result.messageId()).isEqualTo("m-user-" + result.index());
        });
    assertThat(report.summary())
        .isEqualTo(BatchSummary.newBuilder().setTotal(5_000).setAccepted(5_000).build());
    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.streams()).isEqualTo(1);
    assertThat(report.endedBy()).isEmpty();
    assertThat(heard.breaks).isEmpty();
  }

  @Test
  void sendAll_noItems_makesNoStream() throws Exception {
    BatchReport report = batch().sendAll(Collections.emptyIterator(), heard);

    assertThat(report.summary()).isEqualTo(BatchSummary.getDefaultInstance());
    assertThat(service.streams.get()).isZero();
  }

  @Test
  void skipUnlessSubscribed_isSetOfEveryItem() throws Exception {
    var ignored =
        batch().skipUnlessSubscribed().sendAll(FakeService.items(3, true).iterator(), heard);

    assertThat(service.received).hasSize(3).allMatch(BatchSendRequest::getSkipUnlessSubscribed);
  }

  @Test
  void report_countsEveryOutcomeAndReason() throws Exception {
    service.errors =
        request ->
            switch (request.getRequestId()) {
              case "row-0" -> error(ErrorReason.USER_NOT_SUBSCRIBED, Outcome.OUTCOME_REJECTED);
              case "row-1" -> error(ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);
              case "row-2" -> error(ErrorReason.OUTCOME_UNKNOWN, Outcome.OUTCOME_UNKNOWN);
              default -> null;
            };
    List<BatchSendRequest> items = new ArrayList<>(FakeService.items(5, true));
    items.add(items.get(4));

    BatchReport report = batch().sendAll(items.iterator(), heard);

    assertThat(report.summary())
        .isEqualTo(
            BatchSummary.newBuilder()
                .setTotal(6)
                .setAccepted(3)
                .setRejected(1)
                .setNotSent(1)
                .setUnknown(1)
                .setReplayed(1)
                .putErrorsByReason("USER_NOT_SUBSCRIBED", 1)
                .putErrorsByReason("WECHAT_CREDENTIALS", 1)
                .putErrorsByReason("OUTCOME_UNKNOWN", 1)
                .build());
    assertThat(heard.of(0).failure().orElseThrow().reason())
        .isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
    assertThat(report.isAllAccepted()).isFalse();
  }

  // Broken streams.

  /** In all cases the server has read 100 items and answered this many of them. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 99, 100})
  void stream_broken_itemsWithRequestIdsAreResumed(int answered) throws Exception {
    service.breaks.add(new FakeService.Break(100, 100 - answered, unavailable()));
    service.breaks.add(new FakeService.Break(1, 1, unavailable()));

    BatchReport report = batch().sendAll(FakeService.items(500, true).iterator(), heard);

    assertThat(report.isAllAccepted()).isTrue();
    assertThat(heard.byIndex).hasSize(500);
    assertThat(report.streams()).isEqualTo(3);
    assertThat(heard.breaks).hasSize(2);
    assertThat(service.sent).hasSize(500);
    assertThat(service.sentInAll()).isEqualTo(500); // The ledger of the service ensured it.
  }

  @Test
  void stream_broken_itemsWithoutRequestIdAreNeverSentAgain() throws Exception {
    service.breaks.add(new FakeService.Break(100, 40, unavailable()));

    BatchReport report = batch().sendAll(FakeService.items(500, false).iterator(), heard);

    assertThat(heard.byIndex).hasSize(500);
    assertThat(report.summary().getUnknown()).isGreaterThanOrEqualTo(40);
    assertThat(report.summary().getAccepted() + report.summary().getUnknown()).isEqualTo(500);
    for (BatchResult result : heard.results) {
      AtomicInteger sent = service.sent.get("user-" + result.index());
      if (result.isAccepted()) {
        assertThat(sent).hasValue(1);
      } else {
        assertThat(sent == null ? 0 : sent.get()).isLessThanOrEqualTo(1);
        assertThat(result.failure().orElseThrow().safeToRepeat()).isFalse();
        assertThat(result.failure().orElseThrow().retryable()).isFalse();
      }
    }
  }

  @Test
  void stream_broken_itemsThatOnlyValidateAreSentAgain() throws Exception {
    service.breaks.add(new FakeService.Break(10, 10, unavailable()));
    Iterator<BatchSendRequest> items =
        FakeService.items(50, false).stream()
            .map(item -> item.toBuilder().setValidateOnly(true).build())
            .iterator();

    assertThat(batch().sendAll(items, heard).isAllAccepted()).isTrue();
    assertThat(service.sent).isEmpty();
  }

  @Test
  void stream_endedBecauseItemsWereNotSent_sendsThemAgainAlsoWithoutRequestId() throws Exception {
    service.breaks.add(
        new FakeService.Break(
            10,
            10,
            FakeService.status(
                Status.Code.DEADLINE_EXCEEDED,
                error(ErrorReason.DEADLINE_BEFORE_SEND, Outcome.OUTCOME_NOT_SENT))));

    assertThat(batch().sendAll(FakeService.items(50, false).iterator(), heard).isAllAccepted())
        .isTrue();
  }

  /**
   * It answers some items like this, and ends the stream like this for the others; none has a
   * request id.
   */
  @Test
  void server_stopping_givesBackItems_andTheyGoOnOnTheNextStream() throws Exception {
    SendError stopping = error(ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    service.errors = request -> service.streams.get() == 1 ? stopping : null;
    service.holding = true;
    Iterator<BatchSendRequest> items = FakeService.items(100, false).iterator();
    BatchSender sender = kept(batch().window(10).open(heard));
    for (int i = 0; i < 10; i++) {
      sender.send(items.next());
    }
    // Before the first answer: after it, the client sends nothing more on this stream.
    Await.until("ten are on the first stream", () -> service.held.size() == 10);

    for (int i = 0; i < 5; i++) {
      service.held.remove().run();
    }
    service.held.clear();
    service.holding = false;
    service.calls.get(0).onError(FakeService.status(Status.Code.UNAVAILABLE, stopping));
    while (items.hasNext()) {
      sender.send(items.next());
    }
    sender.complete();

    BatchReport report = sender.await();
    assertThat(report.isAllAccepted()).isTrue();
    assertThat(service.sent).hasSize(100);
    assertThat(service.sentInAll()).isEqualTo(100);
    assertThat(report.streams()).isEqualTo(2);
  }

  @Test
  void stream_brokenByOneItemAgainAndAgain_isNotTriedForEver() throws Exception {
    for (int i = 0; i < 100; i++) {
      service.breaks.add(new FakeService.Break(1, 1, unavailable()));
    }

    BatchReport report = batch().sendAll(FakeService.items(1, true).iterator(), heard);

    assertThat(report.summary().getUnknown()).isEqualTo(1);
    assertThat(report.streams()).isEqualTo(16);
    assertThat(heard.results.get(0).failure().orElseThrow().retryable()).isTrue();
  }

  /** Where the bytes of the connection end, in both directions. */
  @Test
  void connection_resetAnywhere_everyItemIsSentOnceAndHasOneResult() throws Exception {
    CuttingProxy proxy = kept(new CuttingProxy(address));
    proxy.add(CuttingProxy.Cut.afterToServer(0));
    proxy.add(CuttingProxy.Cut.afterToServer(200)); // During the handshake, or right after it.
    proxy.add(CuttingProxy.Cut.afterToServer(5_000));
    proxy.add(CuttingProxy.Cut.afterToServer(5_001));
    proxy.add(CuttingProxy.Cut.afterToServer(40_003));
    proxy.add(CuttingProxy.Cut.afterToClient(300));
    proxy.add(CuttingProxy.Cut.afterToClient(7_777));
    proxy.add(CuttingProxy.Cut.afterToClient(20_011));

    BatchReport report =
        batch(client(proxy.address())).sendAll(FakeService.items(3_000, true).iterator(), heard);

    assertThat(proxy.connections.get()).isGreaterThan(8);
    assertThat(report.isAllAccepted()).isTrue();
    assertThat(heard.byIndex).hasSize(3_000);
    assertThat(service.sent).hasSize(3_000);
    assertThat(service.sentInAll()).isEqualTo(3_000);
  }

  @Test
  void connection_resetAnywhere_withoutRequestIds_nothingIsSentTwice() throws Exception {
    CuttingProxy proxy = kept(new CuttingProxy(address));
    proxy.add(CuttingProxy.Cut.afterToServer(0));
    proxy.add(CuttingProxy.Cut.afterToServer(5_000));
    proxy.add(CuttingProxy.Cut.afterToClient(300));
    proxy.add(CuttingProxy.Cut.afterToClient(7_777));

    BatchReport report =
        batch(client(proxy.address())).sendAll(FakeService.items(3_000, false).iterator(), heard);

    assertThat(heard.byIndex).hasSize(3_000);
    assertThat(service.sent.values()).allMatch(count -> count.get() == 1);
    assertThat(report.summary().getNotSent()).isZero();
    assertThat(report.summary().getUnknown()).isPositive();
    for (BatchResult result : heard.results) {
      if (result.isAccepted()) {
        assertThat(service.sent).containsKey("user-" + result.index());
      }
    }
  }

  @Test
  void server_downForAWhile_isWaitedFor() throws Exception {
    CuttingProxy proxy = kept(new CuttingProxy(address));
    proxy.refuse(true);
    BatchSender sender = kept(batch(client(proxy.address())).open(heard));
    FakeService.items(10, true).forEach(sender::offer);
    sender.complete();
    Await.until("it has tried", () -> heard.breaks.size() >= 3);

    proxy.refuse(false);

    assertThat(sender.await().isAllAccepted()).isTrue();
    assertThat(heard.breaks)
        .allSatisfy(cause -> assertThat(cause.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT));
  }

  @Test
  void server_downForTooLong_endsTheBatchWithEverythingNotSent() throws Exception {
    service.close();

    BatchReport report =
        batch()
            .giveUpAfter(Duration.ofMillis(100))
            .sendAll(FakeService.items(5_000, true).iterator(), heard);

    assertThat(report.endedBy().orElseThrow().code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(report.summary().getNotSent()).isEqualTo(report.summary().getTotal());
    assertThat(report.summary().getTotal()).isEqualTo(heard.byIndex.size()).isBetween(1L, 1024L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED"})
  void server_refusesTheCaller_endsTheBatch(Status.Code code) throws Exception {
    service.failure = code.toStatus().withDescription("go away").asRuntimeException();

    BatchReport report = batch().sendAll(FakeService.items(50, false).iterator(), heard);

    assertThat(service.streams.get()).isEqualTo(1);
    assertThat(report.endedBy().orElseThrow().message()).isEqualTo("go away");
    assertThat(report.summary().getNotSent()).isEqualTo(report.summary().getTotal());
  }

  @Test
  void server_forgetsItems_theyAreSentAgain() throws Exception {
    service.breaks.add(new FakeService.Break(10, 10, Status.OK.asRuntimeException()));

    BatchReport report = batch().sendAll(FakeService.items(10, true).iterator(), heard);

    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.streams()).isEqualTo(2);
  }

  /** Nothing breaks, so no outcome is unknown although no item has a request id. */
  @Test
  void stream_old_isEndedInPeaceAndFollowedByTheNext() throws Exception {
    BatchReport report =
        batch()
            .streamLife(Duration.ofMillis(20))
            .window(10)
            .sendAll(
                FakeService.items(200, false).iterator(),
                result -> {
                  heard.onResult(result);
                  LockSupport.parkNanos(1_000_000); // So that it takes ten stream lifetimes.
                });

    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.streams()).isGreaterThan(2);
    assertThat(service.sentInAll()).isEqualTo(200);
  }

  @Test
  void stream_oldAndStillAnswering_isWaitedFor() throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().streamLife(Duration.ZERO).open(heard));
    sender.offer(FakeService.item("a", ""));
    Await.until("the first is on its stream", () -> service.held.size() == 1);
    sender.offer(FakeService.item("b", ""));
    sender.complete();
    service.release();

    BatchReport report = sender.await();
    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.streams()).isEqualTo(2);
    assertThat(heard.breaks).isEmpty();
  }

  @Test
  void stream_oldAndStillAnswering_newItemsGoOnTheNextMeanwhile() throws Exception {
    BatchSender sender = withAnOldStream();
    offerWhileHeld(sender, 10);
    assertThat(heard.results).isEmpty();
    sender.complete();
    service.release();

    BatchReport report = sender.await();
    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.summary().getTotal()).isEqualTo(11);
    assertThat(report.streams()).isEqualTo(2);
    assertThat(service.sentInAll()).isEqualTo(11);
    assertThat(heard.breaks).isEmpty();
  }

  /** However old the next one is: a server that never answers must not accumulate streams. */
  @Test
  void streams_oldAndStillAnswering_areOneAtMost() throws Exception {
    BatchSender sender = withAnOldStream();
    offerWhileHeld(sender, 50);
    assertThat(service.streams.get()).isEqualTo(2);

    service.release();
    Await.until("all have their results", () -> heard.results.size() == 51);
    Await.until(
        "the oldest has ended, and another one begins",
        () -> {
          sender.offer(FakeService.item("more", ""));
          return service.streams.get() > 2;
        });
    sender.complete();
    assertThat(sender.await().isAllAccepted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stream_oldAndBroken_itsItemsGoOnTheNextIfTheyMay(boolean withRequestIds) throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().streamLife(Duration.ZERO).open(heard));
    sender.offer(FakeService.item("a", withRequestIds ? "row-a" : ""));
    Await.until("the first is on its stream", () -> service.held.size() == 1);
    sender.offer(FakeService.item("b", ""));
    Await.until("the second is on the next", () -> service.held.size() == 2);

    service.held.remove(); // The first has no answer.
    service.calls.get(0).onError(unavailable());
    Await.until("it is heard", () -> heard.breaks.size() == 1);
    sender.complete();
    if (withRequestIds) {
      Await.until("the first is on the next stream too", () -> service.held.size() == 2);
    }
    service.release();

    BatchReport report = sender.await();
    assertThat(report.streams()).isBetween(2, 3); // By then the second one is old too.
    assertThat(heard.of(1).isAccepted()).isTrue();
    assertThat(heard.of(0).outcome())
        .isEqualTo(withRequestIds ? Outcome.OUTCOME_ACCEPTED : Outcome.OUTCOME_UNKNOWN);
    assertThat(service.sentInAll()).isEqualTo(2);
  }

  @Test
  void stop_awaitsTheOldStreamToo() throws Exception {
    BatchSender sender = withAnOldStream();
    offerWhileHeld(sender, 1);
    sender.stop();
    service.release();

    assertThat(sender.await().summary().getAccepted()).isEqualTo(2);
  }

  @Test
  void cancel_endsTheOldStreamToo() throws Exception {
    BatchSender sender = withAnOldStream();
    offerWhileHeld(sender, 1);
    sender.cancel();

    assertThat(sender.await().summary().getUnknown()).isEqualTo(2);
    Await.until("both streams are cancelled", () -> service.cancelled.get() == 2);
  }

  /** Begins a batch with one item on a stream that is old, and answers nothing. */
  private BatchSender withAnOldStream() throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().streamLife(Duration.ZERO).open(heard));
    sender.offer(FakeService.item("first", ""));
    Await.until("the first is on its stream", () -> service.held.size() == 1);
    return sender;
  }

  private void offerWhileHeld(BatchSender sender, int count) throws Exception {
    int before = service.held.size();
    FakeService.items(count, false).forEach(sender::offer);
    Await.until("they are sent", () -> service.held.size() == before + count);
  }

  // Answers that request a retry.

  @Test
  void retryItems_asked_sendsAgainAfterTheTimeThatTheAnswerSays() throws Exception {
    failOnce(error(ErrorReason.RATE_LIMITED, Outcome.OUTCOME_REJECTED, Duration.ofMillis(50)));

    BatchReport report =
        batch()
            .retryItems(1, Duration.ofSeconds(1))
            .sendAll(FakeService.items(20, false).iterator(), heard);

    assertThat(report.isAllAccepted()).isTrue();
    assertThat(report.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    assertThat(service.received).hasSize(40);
    assertThat(report.streams()).isEqualTo(1);
  }

  @Test
  void retryItems_tooOftenOrTooLong_givesTheAnswer() throws Exception {
    SendError busy = error(ErrorReason.WECHAT_BUSY, Outcome.OUTCOME_REJECTED, Duration.ZERO);
    SendError quota =
        error(ErrorReason.DAILY_QUOTA_EXHAUSTED, Outcome.OUTCOME_REJECTED, Duration.ofHours(3));
    service.errors = request -> request.getRequestId().equals("row-0") ? busy : quota;

    batch()
        .retryItems(2, Duration.ofSeconds(1))
        .sendAll(FakeService.items(2, true).iterator(), heard);

    assertThat(reason(0)).isEqualTo(ErrorReason.WECHAT_BUSY);
    assertThat(reason(1)).isEqualTo(ErrorReason.DAILY_QUOTA_EXHAUSTED);
    assertThat(service.received).hasSize(3 + 1);
  }

  @Test
  void retryItems_notAsked_givesTheFirstAnswer() throws Exception {
    failOnce(error(ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT, Duration.ZERO));

    batch().sendAll(FakeService.items(1, true).iterator(), heard);

    assertThat(reason(0)).isEqualTo(ErrorReason.OVERLOADED);
  }

  @Test
  void requestInProgress_isAskedAgainUntilThereIsAnOutcome() throws Exception {
    failOnce(error(ErrorReason.REQUEST_IN_PROGRESS, Outcome.OUTCOME_NOT_SENT, Duration.ZERO));

    assertThat(batch().sendAll(FakeService.items(20, true).iterator(), heard).isAllAccepted())
        .isTrue();
    assertThat(service.received).hasSize(40);
  }

  /** The second call was not sent; the first one may have been. */
  @Test
  void notSent_afterAStreamBroke_isNeverCalledNotSent() throws Exception {
    service.breaks.add(new FakeService.Break(1, 1, unavailable()));
    service.errors =
        request ->
            service.streams.get() == 1
                ? null
                : error(ErrorReason.WECHAT_CREDENTIALS, Outcome.OUTCOME_NOT_SENT);

    batch().sendAll(FakeService.items(1, true).iterator(), heard);

    SendFailure failure = heard.of(0).failure().orElseThrow();
    assertThat(failure.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(failure.retryable()).isTrue();
  }

  @Test
  void overloaded_afterAStreamBroke_isAskedAgain() throws Exception {
    service.breaks.add(new FakeService.Break(5, 5, unavailable()));
    AtomicInteger left = new AtomicInteger(8);
    service.errors =
        request ->
            service.streams.get() > 1 && left.getAndDecrement() > 0
                ? error(ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT, Duration.ZERO)
                : null;

    assertThat(batch().sendAll(FakeService.items(5, true).iterator(), heard).isAllAccepted())
        .isTrue();
  }

  @Test
  void item_tooLarge_isRejectedHereAndTheStreamGoesOn() throws Exception {
    List<BatchSendRequest> items = new ArrayList<>(FakeService.items(3, true));
    items.set(1, FakeService.item("x".repeat(Failures.MAX_REQUEST), "row-1"));

    BatchReport report = batch().sendAll(items.iterator(), heard);

    assertThat(reason(1)).isEqualTo(ErrorReason.INVALID_REQUEST);
    assertThat(report.summary().getAccepted()).isEqualTo(2);
    assertThat(report.streams()).isEqualTo(1);
  }

  // Back-pressure.

  @Test
  void window_full_offerSaysSo() throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().window(10).open(heard));

    List<Boolean> taken = FakeService.items(12, true).stream().map(sender::offer).toList();

    assertThat(taken.subList(0, 10)).containsOnly(true);
    assertThat(taken.subList(10, 12)).containsOnly(false);
    assertThat(sender.offer(FakeService.item("late", "late"), SHORT)).isFalse();
    Await.until("all arrived", () -> service.held.size() == 10);
    service.release();
    Await.until("there is room", () -> sender.offer(FakeService.item("late", "late")));
    sender.complete();
    assertThat(sender.await().summary().getTotal()).isEqualTo(11);
  }

  @Test
  void windowBytes_full_offerSaysSo() throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().windowBytes(1).open(heard));

    assertThat(sender.offer(FakeService.item("a", "a"))).isTrue(); // One always fits.
    assertThat(sender.offer(FakeService.item("b", "b"))).isFalse();
  }

  @Test
  void server_thatDoesNotRead_holdsTheFeederBack() throws Exception {
    service.reading = false;
    BatchSender sender = kept(batch().window(50).open(heard));
    AtomicInteger given = new AtomicInteger();
    Thread feeder =
        new Thread(
            () -> {
              try {
                for (BatchSendRequest item : FakeService.items(1_000, true)) {
                  sender.send(item);
                  given.incrementAndGet();
                }
              } catch (SendException | InterruptedException e) {
                // The test is over.
              }
            });
    feeder.start();

    Await.until("the window is full", () -> feeder.getState() == Thread.State.TIMED_WAITING);

    assertThat(given.get()).isEqualTo(50);
    sender.cancel();
    feeder.join();
  }

  @Test
  void listener_slow_holdsTheFeederBackAndLosesNothing() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    BatchSender sender =
        kept(
            batch()
                .window(20)
                .open(
                    result -> {
                      try {
                        go.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      heard.onResult(result);
                    }));
    Iterator<BatchSendRequest> items = FakeService.items(500, true).iterator();
    int taken = 0;
    while (sender.offer(items.next())) {
      taken++;
    }

    assertThat(taken).isEqualTo(20);
    assertThat(service.received.size()).isLessThanOrEqualTo(20);
    go.countDown();
    while (items.hasNext()) {
      sender.send(items.next());
    }
    sender.complete();
    assertThat(sender.await().summary().getTotal()).isEqualTo(499); // One offer was refused.
    assertThat(heard.byIndex).hasSize(499);
  }

  @Test
  void offer_fromManyThreads_givesEachItemAnIndexOfItsOwn() throws Exception {
    BatchSender sender = kept(batch().open(heard));
    List<Thread> threads = new ArrayList<>();
    Map<Long, String> indexes = new ConcurrentHashMap<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      threads.add(
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 500; i++) {
                    String openId = "user-" + thread + "-" + i;
                    indexes.put(sender.send(FakeService.item(openId, openId)), openId);
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    sender.complete();

    assertThat(sender.await().summary().getAccepted()).isEqualTo(2_000);
    assertThat(indexes).hasSize(2_000);
    heard.results.forEach(
        result ->
            assertThat(result.request().getSeckillMessage().getOpenId())
                .isEqualTo(indexes.get(result.index())));
  }

  // Ends.

  @Test
  void stop_awaitsWhatWasWrittenAndSendsNothingMore() throws Exception {
    service.holding = true;
    BatchSender sender = kept(batch().open(heard));
    FakeService.items(10, true).forEach(sender::offer);
    Await.until("all arrived", () -> service.held.size() == 10);

    sender.stop();
    service.release();
    BatchReport report = sender.await();

    assertThat(report.summary().getAccepted()).isEqualTo(10);
    assertThat(report.endedBy().orElseThrow().reason()).isEqualTo(ErrorReason.CALL_CANCELLED);
    assertThatThrownBy(() -> sender.offer(FakeService.item("late", "late")))
        .isInstanceOfSatisfying(
            SendException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT));
  }

  @Test
  void stop_whileItemsWaitToBeSentAgain_givesTheirLastAnswer() throws Exception {
    SendError limited =
        error(ErrorReason.RATE_LIMITED, Outcome.OUTCOME_REJECTED, Duration.ofSeconds(30));
    service.errors = request -> limited;
    BatchSender sender = kept(batch().retryItems(5, Duration.ofMinutes(1)).open(heard));
    FakeService.items(3, true).forEach(sender::offer);
    Await.until("all were answered", () -> service.received.size() == 3);

    sender.stop();

    assertThat(sender.await().summary().getErrorsByReasonMap()).containsEntry("RATE_LIMITED", 3L);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void stop_streamBreaks_isNotResumed(boolean requestIds) throws Exception {
    CuttingProxy proxy = kept(new CuttingProxy(address));
    service.holding = true;
    BatchSender sender = kept(batch(client(proxy.address())).open(heard));
    FakeService.items(10, requestIds).forEach(sender::offer);
    Await.until("all arrived", () -> service.held.size() == 10);

    sender.stop();
    proxy.cutNow();

    BatchReport report = sender.await();
    assertThat(report.summary().getUnknown()).isEqualTo(10);
    assertThat(report.streams()).isEqualTo(1);
    assertThat(heard.results)
        .allSatisfy(
            result -> assertThat(result.failure().orElseThrow().retryable()).isEqualTo(requestIds));
  }

  @Test
  void cancel_everyItemIsAccountedFor() throws Exception {
    service.reading = false; // The first ones are written, but not read.
    BatchSender sender = kept(batch().open(heard));
    for (BatchSendRequest item : FakeService.items(1_000, true)) {
      assertThat(sender.offer(item)).isTrue();
    }
    Await.until("the stream is there", () -> service.streams.get() == 1);

    sender.cancel();
    BatchReport report = sender.await();

    assertThat(heard.byIndex).hasSize(1_000);
    assertThat(report.summary().getUnknown() + report.summary().getNotSent()).isEqualTo(1_000);
    Await.until("the server hears of it", () -> service.cancelled.get() == 1);
  }

  @Test
  void close_cancelsWhatIsNotComplete() throws Exception {
    service.holding = true;
    BatchSender sender = batch().open(heard);
    sender.offer(FakeService.item("a", "a"));
    Await.until("it arrived", () -> service.held.size() == 1);

    sender.close();

    assertThat(heard.of(0).outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }

  @Test
  void client_closed_endsTheBatch() throws Exception {
    service.holding = true;
    NotificationClient client = client(address);
    BatchSender sender = kept(batch(client).open(heard));
    sender.offer(FakeService.item("a", "a"));
    Await.until("it arrived", () -> service.held.size() == 1);

    client.close();

    assertThat(sender.await().endedBy()).isPresent();
    assertThat(heard.byIndex).hasSize(1);
  }

  @Test
  void complete_thenMore_isRefused() throws Exception {
    BatchSender sender = kept(batch().open(heard));
    sender.complete();

    assertThatThrownBy(() -> sender.offer(FakeService.item("a", "a")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(sender.await().summary().getTotal()).isZero();
  }

  @Test
  void listener_throws_endsTheBatchAndAwaitThrowsTheSame() throws Exception {
    RuntimeException fault = new IllegalStateException("the disk is full");

    assertThatThrownBy(
            () ->
                batch()
                    .sendAll(
                        FakeService.items(5_000, true).iterator(),
                        result -> {
                          throw fault;
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(fault);
    Await.until("the server hears of it", () -> service.cancelled.get() == 1);
  }

  @Test
  void listener_thatWouldWaitForItself_isToldSo() throws Exception {
    AtomicReference<BatchSender> self = new AtomicReference<>();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch ready = new CountDownLatch(1);
    BatchSender sender =
        kept(
            batch()
                .window(1)
                .open(
                    result -> {
                      try {
                        ready.await();
                        self.get().send(FakeService.item("b", "b"));
                      } catch (IllegalStateException | InterruptedException e) {
                        thrown.set(e);
                      }
                    }));
    self.set(sender);
    sender.offer(FakeService.item("a", "a"));
    ready.countDown();
    sender.complete();

    sender.await();
    assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void iterator_throws_cancelsTheBatch() throws Exception {
    Iterator<BatchSendRequest> broken =
        IntStream.range(0, 10)
            .mapToObj(
                i -> {
                  if (i == 5) {
                    throw new IllegalArgumentException("row 5");
                  }
                  return FakeService.item("user-" + i, "row-" + i);
                })
            .iterator();

    assertThatThrownBy(() -> batch().sendAll(broken, heard))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(heard.byIndex).hasSize(5);
  }

  // The iterator of results.

  @Test
  void results_read_areAllThere() throws Exception {
    service.breaks.add(new FakeService.Break(100, 50, unavailable()));
    try (BatchResults results =
        batch().window(64).results(FakeService.items(2_000, true).iterator())) {
      results.forEachRemaining(heard::onResult);

      assertThat(results.report().isAllAccepted()).isTrue();
      assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(heard.byIndex).hasSize(2_000);
  }

  @Test
  void results_notRead_areNotSent() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Iterator<BatchSendRequest> items =
        FakeService.items(2_000, true).stream().peek(item -> asked.incrementAndGet()).iterator();
    try (BatchResults results = batch().window(16).results(items)) {
      results.next();
      assertThat(asked.get()).isLessThanOrEqualTo(17);
    }
    assertThat(service.sentInAll()).isLessThanOrEqualTo(17);
  }

  @Test
  void results_ofABatchThatEndsEarly_end() throws Exception {
    service.failure = Status.UNAUTHENTICATED.withDescription("go away").asRuntimeException();
    try (BatchResults results = batch().results(FakeService.items(5_000, true).iterator())) {
      results.forEachRemaining(heard::onResult);

      assertThat(results.report().endedBy()).isPresent();
      assertThat(heard.byIndex.size()).isEqualTo((int) results.report().summary().getTotal());
    }
  }

  @Test
  void results_threadInterrupted_isTold() throws Exception {
    service.holding = true;
    try (BatchResults results = batch().results(FakeService.items(1, true).iterator())) {
      AtomicBoolean told = new AtomicBoolean();
      Thread reader =
          new Thread(
              () -> {
                try {
                  results.next();
                } catch (IllegalStateException e) {
                  told.set(Thread.currentThread().isInterrupted());
                }
              });
      reader.start();
      Await.until("it waits", () -> service.held.size() == 1);
      reader.interrupt();
      reader.join(TimeUnit.SECONDS.toMillis(20));
      assertThat(told).isTrue();
    }
  }

  private BatchBuilder batch() {
    return batch(client(address));
  }

  private static BatchBuilder batch(NotificationClient client) {
    return client.batch().reconnectPause(SHORT, Duration.ofMillis(20));
  }

  private NotificationClient client(String address) {
    return kept(NotificationClient.builder(address).plaintext().build());
  }

  private <T extends AutoCloseable> T kept(T closeable) {
    closeables.add(closeable);
    return closeable;
  }

  private ErrorReason reason(long index) {
    return heard.of(index).failure().orElseThrow().reason();
  }

  /** Fails each item the first time. */
  private void failOnce(SendError error) {
    Map<String, Boolean> seen = new ConcurrentHashMap<>();
    service.errors =
        request -> seen.put(request.getSeckillMessage().getOpenId(), true) == null ? error : null;
  }

  private static io.grpc.StatusRuntimeException unavailable() {
    return Status.UNAVAILABLE.withDescription("the server goes").asRuntimeException();
  }

  private static SendError error(ErrorReason reason, Outcome outcome) {
    return SendError.newBuilder().setReason(reason).setOutcome(outcome).build();
  }

  private static SendError error(ErrorReason reason, Outcome outcome, Duration retryAfter) {
    return error(reason, outcome).toBuilder()
        .setRetryAfter(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(retryAfter.getSeconds())
                .setNanos(retryAfter.getNano()))
        .build();
  }
}
