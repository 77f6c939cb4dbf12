package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.grpc.CallersOverGrpc.caller;
import static dev.wxnotify.server.testing.GrpcServerExtension.APP_ID;
import static dev.wxnotify.server.testing.GrpcServerExtension.OTHER_APP_ID;
import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.PushIntake;
import dev.wxnotify.server.journal.PushRejectedException;
import dev.wxnotify.server.journal.StoredEvent;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.server.testing.JournalEvents;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.IngestPushRequest;
import dev.wxnotify.v1.IngestPushResponse;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.SubscriptionAnswer;
import dev.wxnotify.v1.SubscriptionSource;
import dev.wxnotify.v1.WatchEventsRequest;
import io.grpc.Channel;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events over a real connection: who sees what, and how watches end. */
class EventServiceTest {
  private static final int SMALL_WINDOW = 65_535;
  private static final WatchEventsRequest ALL = WatchEventsRequest.getDefaultInstance();

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(new HeldGateway())
          .with(
              CallersOverGrpc.of(
                  caller("crm", null),
                  caller("web", Set.of(APP_ID)),
                  caller("operator", null, true, false),
                  caller("gateway", Set.of(APP_ID), false, true)));

  private Channel as(String caller) {
    return CallersOverGrpc.as(caller, server.channel());
  }

  private static WatchEventsRequest from(String cursor) {
    return WatchEventsRequest.newBuilder().setCursor(cursor).build();
  }

  private List<String> seenBy(String caller, WatchEventsRequest request, int count)
      throws Exception {
    WatchCall watch = WatchCall.open(as(caller), request);
    List<String> cursors = watch.awaitEvents(count).stream().map(Event::getCursor).toList();
    watch.cancel();
    return cursors;
  }

  @Test
  void receipts_goToTheirSender_andThoseOfNobodyToOperators_andSubscriptionsToAll()
      throws Exception {
    server
        .journal()
        .publish(
            JournalEvents.receipt(1, APP_ID, "crm"),
            JournalEvents.receipt(2, APP_ID, "web"),
            JournalEvents.receipt(3, OTHER_APP_ID, "crm"),
            JournalEvents.receiptOfNobody(4, APP_ID),
            JournalEvents.acceptance(5, OTHER_APP_ID),
            JournalEvents.acceptance(6, APP_ID));

    assertThat(seenBy("crm", from("fake-0"), 4))
        .containsExactly("fake-1", "fake-3", "fake-5", "fake-6");
    assertThat(seenBy("web", from("fake-0"), 2)).containsExactly("fake-2", "fake-6");
    assertThat(seenBy("gateway", from("fake-0"), 1)).containsExactly("fake-6");
    assertThat(seenBy("operator", from("fake-0"), 6))
        .containsExactly("fake-1", "fake-2", "fake-3", "fake-4", "fake-5", "fake-6");
    assertThat(seenBy("crm", from("fake-0").toBuilder().setAppId(APP_ID).build(), 2))
        .containsExactly("fake-1", "fake-6");
  }

  @Test
  void event_hasWhatTheJournalHas() throws Exception {
    server
        .journal()
        .publish(JournalEvents.receipt(1, APP_ID, "crm"), JournalEvents.acceptance(2, APP_ID));

    List<Event> events = WatchCall.open(as("crm"), from("fake-0")).awaitEvents(2);

    Event receipt = events.get(0);
    assertThat(receipt.getAppId()).isEqualTo(APP_ID);
    assertThat(receipt.getOpenId()).isEqualTo("user-1");
    assertThat(receipt.getTemplateId()).isEqualTo("template");
    assertThat(receipt.getOccurredAt()).isEqualTo(Protos.of(JournalEvents.TIME));
    assertThat(receipt.getReceivedAt()).isEqualTo(Protos.of(JournalEvents.TIME.plusSeconds(1)));
    assertThat(receipt.getDelivery().getStatus())
        .isEqualTo(DeliveryStatus.DELIVERY_STATUS_DELIVERED);
    assertThat(receipt.getDelivery().getMessageId()).isEqualTo("1");
    assertThat(receipt.getDelivery().getRequestId()).isEqualTo("request-1");
    assertThat(receipt.getDelivery().getErrorStatus()).isEqualTo("success");
    Event change = events.get(1);
    assertThat(change.getSubscription().getAnswer())
        .isEqualTo(SubscriptionAnswer.SUBSCRIPTION_ANSWER_ACCEPTED);
    assertThat(change.getSubscription().getSource())
        .isEqualTo(SubscriptionSource.SUBSCRIPTION_SOURCE_POPUP);
    assertThat(change.getSubscription().getRawAnswer()).isEqualTo("accept");
    assertThat(change.getSubscription().getPopupScene()).isEqualTo("0");
  }

  @Test
  void watch_withoutCursor_beginsNow_andWithSince_atThatTime() throws Exception {
    server
        .journal()
        .publish(
            LongStream.rangeClosed(1, 3)
                .mapToObj(position -> JournalEvents.acceptance(position, APP_ID))
                .toArray(StoredEvent[]::new));
    WatchCall fromNow = WatchCall.open(as("crm"), ALL).begun();
    WatchCall since =
        WatchCall.open(
            as("crm"),
            WatchEventsRequest.newBuilder()
                .setSince(Protos.of(JournalEvents.TIME.plusSeconds(2)))
                .build());
    since.awaitEvents(2);

    server.journal().publish(JournalEvents.acceptance(4, APP_ID));

    assertThat(fromNow.awaitEvents(1)).extracting(Event::getCursor).containsExactly("fake-4");
    assertThat(since.awaitEvents(3))
        .extracting(Event::getCursor)
        .containsExactly("fake-2", "fake-3", "fake-4");
  }

  @Test
  void everythingThatIsWrong_isSaidAtOnce() throws Exception {
    WatchEventsRequest request =
        WatchEventsRequest.newBuilder()
            .setAppId("wx-unknown")
            .addKindsValue(1)
            .addKindsValue(0)
            .addKindsValue(99)
            .setCursor("c".repeat(257))
            .setSince(Timestamp.newBuilder().setNanos(-1))
            .build();

    assertThatStatus(WatchCall.open(as("crm"), request).awaitError())
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("app_id", "kinds[1]", "kinds[2]", "cursor", "since", "since");
  }

  @Test
  void cursors_thatAreNone_orOfAnotherJournal_orForgotten_areRefused() throws Exception {
    server.journal().publish(JournalEvents.acceptance(5, APP_ID));
    server.journal().forgetUpTo(5);

    assertThatStatus(WatchCall.open(as("crm"), from("nonsense")).awaitError())
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("cursor");
    for (String expired : List.of("other-1", "fake-4")) {
      assertThatStatus(WatchCall.open(as("crm"), from(expired)).awaitError())
          .isError(Status.Code.OUT_OF_RANGE, ErrorReason.CURSOR_EXPIRED, Outcome.OUTCOME_REJECTED);
    }
  }

  @Test
  void appOfOthers_isRefused_withoutMore() throws Exception {
    WatchEventsRequest request =
        WatchEventsRequest.newBuilder().setAppId(OTHER_APP_ID).addKindsValue(99).build();

    assertThatStatus(WatchCall.open(as("web"), request).awaitError())
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
  }

  @Test
  void watchesOfOneCaller_areBounded_andEndedOnesMakeRoom() throws Exception {
    List<WatchCall> watches = new ArrayList<>();
    for (int i = 0; i < EventGrpcService.MOST_WATCHES; i++) {
      watches.add(WatchCall.open(as("crm"), ALL));
    }
    for (WatchCall each : watches) {
      each.begun();
    }

    assertThatStatus(WatchCall.open(as("crm"), ALL).awaitError())
        .isError(Status.Code.RESOURCE_EXHAUSTED, ErrorReason.OVERLOADED, Outcome.OUTCOME_NOT_SENT)
        .retriesAfter(Duration.ofSeconds(1));
    assertThat(WatchCall.open(as("web"), ALL).begun().responses()).isNotEmpty();
    watches.forEach(WatchCall::cancel);
    Await.until("they have left", () -> server.journal().waiting() == 1);
    assertThat(WatchCall.open(as("crm"), ALL).begun().responses()).isNotEmpty();
  }

  /** Without a change of its own, nothing happens to a watch. */
  @Test
  void callersChange_removedOnesWatchEnds_restrictedOnesNarrows_othersGoOn() throws Exception {
    WatchCall removed = WatchCall.open(as("gateway"), ALL).begun();
    WatchCall narrowed = WatchCall.open(as("crm"), ALL).begun();
    WatchCall refused =
        WatchCall.open(
                as("operator"), WatchEventsRequest.newBuilder().setAppId(OTHER_APP_ID).build())
            .begun();
    WatchCall same = WatchCall.open(as("web"), ALL).begun();

    server.useCallers(
        List.of(
            caller("crm", Set.of(OTHER_APP_ID)),
            caller("operator", Set.of(APP_ID), true, false),
            caller("web", Set.of(APP_ID))));

    assertThatStatus(removed.awaitError())
        .isError(
            Status.Code.UNAUTHENTICATED, ErrorReason.UNAUTHENTICATED, Outcome.OUTCOME_NOT_SENT);
    assertThatStatus(refused.awaitError())
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
    server
        .journal()
        .publish(JournalEvents.acceptance(1, APP_ID), JournalEvents.acceptance(2, OTHER_APP_ID));
    assertThat(narrowed.awaitEvents(1)).extracting(Event::getCursor).containsExactly("fake-2");
    assertThat(same.awaitEvents(1)).extracting(Event::getCursor).containsExactly("fake-1");
  }

  @Test
  void watcherThatNeverReads_isReadForNoMore_andSlowsNobody() throws Exception {
    int count = 20_000;
    WatchCall unread =
        WatchCall.openUnread(CallersOverGrpc.as("crm", server.newChannel(SMALL_WINDOW)), ALL);
    WatchCall other = WatchCall.open(as("web"), ALL).begun();
    Await.until("both wait", () -> server.journal().waiting() == 2);

    server
        .journal()
        .publish(
            LongStream.rangeClosed(1, count)
                .mapToObj(position -> JournalEvents.acceptance(position, APP_ID))
                .toArray(StoredEvent[]::new));

    assertThat(other.awaitEvents(count)).hasSize(count);
    assertThat(unread.responses()).isEmpty();
    assertThat(server.journal().readSizes())
        .as("reads of both: the one that reads nothing has a window and a part of the room")
        .hasSizeLessThan(count / Watch.PAGE + 50);
  }

  @Test
  void stop_endsWatchesAtOnce() throws Exception {
    WatchCall watch = WatchCall.open(as("crm"), ALL).begun();
    WatchCall unread = WatchCall.openUnread(as("web"), ALL);
    Await.until("both wait", () -> server.journal().waiting() == 2);

    assertThat(server.stop(Duration.ofHours(1))).isTrue();

    assertThatStatus(watch.awaitError())
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
    assertThat(server.journal().waiting()).isZero();
    assertThat(unread.responses()).isEmpty();
  }

  private IngestPushResponse ingest(String caller, IngestPushRequest request) {
    return EventServiceGrpc.newBlockingStub(as(caller)).ingestPush(request);
  }

  private static IngestPushRequest push() {
    return IngestPushRequest.newBuilder()
        .putQuery("signature", "s")
        .setBody(ByteString.copyFromUtf8("<xml/>"))
        .build();
  }

  @Test
  void push_isPassedOn_toTheDefaultApp_andItsAnswerIsReturned() {
    server
        .journal()
        .answerPushes(() -> CompletableFuture.completedFuture(new PushIntake.Result("回答", false)));

    IngestPushResponse response = ingest("gateway", push());

    assertThat(response.getBody().toStringUtf8()).isEqualTo("回答");
    assertThat(response.getHandled()).isFalse();
    assertThat(server.journal().ingested())
        .singleElement()
        .satisfies(
            came -> {
              assertThat(came.appId()).isEqualTo(APP_ID);
              assertThat(came.query()).containsEntry("signature", "s").hasSize(1);
              assertThat(came.body()).isEqualTo("<xml/>");
            });
  }

  @Test
  void push_withoutTheRight_isRefused_alsoOfOperators() {
    for (String caller : List.of("crm", "operator")) {
      assertThatCall(() -> ingest(caller, push()))
          .isError(
              Status.Code.PERMISSION_DENIED, ErrorReason.RIGHT_MISSING, Outcome.OUTCOME_NOT_SENT);
    }
    assertThatCall(() -> ingest("gateway", push().toBuilder().setAppId(OTHER_APP_ID).build()))
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
    assertThat(server.journal().ingested()).isEmpty();
  }

  @Test
  void push_thatIsWrong_namesTheField() {
    server
        .journal()
        .answerPushes(
            () ->
                CompletableFuture.failedFuture(
                    new PushRejectedException("query[\"signature\"]", "is wrong")));

    assertThatCall(() -> ingest("gateway", push()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("query[\"signature\"]");
    assertThatCall(
            () ->
                ingest(
                    "gateway",
                    push().toBuilder()
                        .setBody(ByteString.copyFrom(new byte[64 * 1024 + 1]))
                        .build()))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("body");
  }

  @Test
  void push_thatCannotBeStored_isUnavailable() {
    server
        .journal()
        .answerPushes(
            () -> CompletableFuture.failedFuture(new JournalUnavailableException("away", null)));

    assertThatCall(() -> ingest("gateway", push()))
        .isError(
            Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT);
  }
}
