package dev.wxnotify.server;

import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.wxnotify.sandbox.SandboxOptions;
import dev.wxnotify.sandbox.SandboxTemplates;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.v1.Event;
import dev.wxnotify.v1.EventKind;
import dev.wxnotify.v1.EventServiceGrpc;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.GetSubscriptionsRequest;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.ListTemplatesRequest;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageServiceGrpc;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceBlockingStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.ReportSubscriptionsRequest;
import dev.wxnotify.v1.SendError.ErrorReason;
import dev.wxnotify.v1.Subscription;
import dev.wxnotify.v1.SubscriptionServiceGrpc;
import dev.wxnotify.v1.SubscriptionServiceGrpc.SubscriptionServiceBlockingStub;
import dev.wxnotify.v1.SubscriptionSource;
import dev.wxnotify.v1.SubscriptionState;
import dev.wxnotify.v1.TemplateServiceGrpc;
import dev.wxnotify.v1.WatchEventsRequest;
import dev.wxnotify.v1.WatchEventsResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The services of the journal on the whole server, whose journal is in memory. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalServicesTest {
  private static final String SECKILL = SandboxTemplates.SECKILL_TEMPLATE_ID;
  private static final String DEVICE = SandboxTemplates.DEVICE_TEMPLATE_ID;

  private RunningServer server;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start();
    var ignored =
        TemplateServiceGrpc.newBlockingStub(server.channel())
            .listTemplates(ListTemplatesRequest.newBuilder().setRefresh(true).build());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private MessageServiceBlockingStub messages() {
    return MessageServiceGrpc.newBlockingStub(server.channel());
  }

  private SubscriptionServiceBlockingStub subscriptions() {
    return SubscriptionServiceGrpc.newBlockingStub(server.channel());
  }

  private Message awaitMessage(String requestId) throws Exception {
    ListMessagesRequest request =
        ListMessagesRequest.newBuilder().setRequestIdPrefix(requestId).build();
    Await.until(
        "the record of " + requestId,
        () -> messages().listMessages(request).getMessagesCount() > 0);
    return messages()
        .getMessage(GetMessageRequest.newBuilder().setRequestId(requestId).build())
        .getMessage();
  }

  @Test
  void acceptedMessage_isInTheJournal() throws Exception {
    String id =
        server
            .blocking()
            .sendSubscribeMessage(
                RunningServer.requestTo("accepted").toBuilder().setRequestId("accepted").build())
            .getMessageId();

    Message message = awaitMessage("accepted");

    assertThat(message.getMessageId()).isEqualTo(id);
    assertThat(message.getAppId()).isEqualTo(SandboxOptions.APP_ID);
    assertThat(message.getOpenId()).isEqualTo("accepted");
    assertThat(message.getTemplateId()).isEqualTo(SECKILL);
    assertThat(message.getOutcome()).isEqualTo(Outcome.OUTCOME_ACCEPTED);
    assertThat(message.getReason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
    assertThat(message.getAttempts()).isEqualTo(1);
    assertThat(
            messages()
                .getMessage(GetMessageRequest.newBuilder().setMessageId(id).build())
                .getMessage())
        .isEqualTo(message);
  }

  @Test
  void refusedMessage_isInTheJournal_withWeChatsWords() throws Exception {
    assertThatCall(
            () ->
                server
                    .blocking()
                    .sendSubscribeMessage(
                        RunningServer.requestTo("sandbox-43101-a").toBuilder()
                            .setRequestId("refused")
                            .build()))
        .isError(
            Status.Code.FAILED_PRECONDITION,
            ErrorReason.USER_NOT_SUBSCRIBED,
            Outcome.OUTCOME_REJECTED);

    Message message = awaitMessage("refused");

    assertThat(message.getReason()).isEqualTo(ErrorReason.USER_NOT_SUBSCRIBED);
    assertThat(message.getWechatErrcode()).isEqualTo(43101);
    assertThat(message.getWechatErrmsg()).isNotEmpty().doesNotContain("rid");
    assertThat(message.getWechatRid()).matches("[0-9a-f]{8}(-[0-9a-f]{8}){2}");
  }

  @Test
  void manyMessages_areListedInPages() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      sent.add(0, "page-" + i);
      var ignored =
          server
              .blocking()
              .sendSubscribeMessage(
                  RunningServer.requestTo("paged").toBuilder().setRequestId("page-" + i).build());
    }
    var ignored = awaitMessage("page-6");
    ListMessagesRequest request =
        ListMessagesRequest.newBuilder().setOpenId("paged").setPageSize(3).build();
    List<String> listed = new ArrayList<>();
    ListMessagesResponse page = messages().listMessages(request);
    page.getMessagesList().forEach(each -> listed.add(each.getRequestId()));
    while (!page.getNextPageToken().isEmpty()) {
      page =
          messages()
              .listMessages(request.toBuilder().setPageToken(page.getNextPageToken()).build());
      page.getMessagesList().forEach(each -> listed.add(each.getRequestId()));
    }

    assertThat(listed).isEqualTo(sent);
  }

  @Test
  void reportedAnswers_areWatched_andKnown_andWithholdWhatAsksForIt() throws Exception {
    var ignored =
        subscriptions()
            .reportSubscriptions(
                ReportSubscriptionsRequest.newBuilder()
                    .setOpenId("reporter")
                    .setReportId("r1")
                    .putResults(SECKILL, "reject")
                    .putResults(DEVICE, "accept")
                    .build());

    Event event = firstEventOf("reporter", SECKILL);
    assertThat(event.getSubscription().getSource())
        .isEqualTo(SubscriptionSource.SUBSCRIPTION_SOURCE_REPORTED);
    List<Subscription> known =
        subscriptions()
            .getSubscriptions(
                GetSubscriptionsRequest.newBuilder()
                    .setOpenId("reporter")
                    .addTemplateIds(SECKILL)
                    .addTemplateIds(DEVICE)
                    .addTemplateIds("nobody-knows-it")
                    .build())
            .getSubscriptionsList();
    assertThat(known)
        .extracting(Subscription::getState)
        .containsExactly(
            SubscriptionState.SUBSCRIPTION_STATE_REJECTED,
            SubscriptionState.SUBSCRIPTION_STATE_ACCEPTED,
            SubscriptionState.SUBSCRIPTION_STATE_UNKNOWN);
    assertThat(known.get(0).getKnownCredits()).as("after a rejection").isZero();
    assertThat(known.get(0).hasKnownCredits()).isTrue();
    assertThat(known.get(1).hasKnownCredits()).as("of a long-term template").isFalse();
    assertThat(known.get(2).hasKnownCredits()).as("of an unknown template").isFalse();
    assertThatCall(
            () ->
                server
                    .blocking()
                    .sendSubscribeMessage(
                        RunningServer.requestTo("reporter").toBuilder()
                            .setSkipUnlessSubscribed(true)
                            .build()))
        .isError(
            Status.Code.FAILED_PRECONDITION,
            ErrorReason.USER_NOT_SUBSCRIBED,
            Outcome.OUTCOME_NOT_SENT);
    assertThat(server.sandbox().messages()).noneMatch(sent -> sent.openId().equals("reporter"));
  }

  @Test
  void acceptances_areCredits_andARepeatOfAReportIsNone() {
    for (String report : List.of("a", "a", "b")) {
      var ignored =
          subscriptions()
              .reportSubscriptions(
                  ReportSubscriptionsRequest.newBuilder()
                      .setOpenId("credited")
                      .setReportId(report)
                      .putResults(SECKILL, "accept")
                      .build());
    }

    Subscription known =
        subscriptions()
            .getSubscriptions(GetSubscriptionsRequest.newBuilder().setOpenId("credited").build())
            .getSubscriptions(0);
    assertThat(known.getKnownCredits()).isEqualTo(2);
  }

  private Event firstEventOf(String openId, String templateId) {
    Iterator<WatchEventsResponse> watch =
        EventServiceGrpc.newBlockingStub(server.channel())
            .withDeadlineAfter(Await.LONGEST.toSeconds(), TimeUnit.SECONDS)
            .watchEvents(
                WatchEventsRequest.newBuilder()
                    .setSince(Timestamp.getDefaultInstance())
                    .addKinds(EventKind.EVENT_KIND_SUBSCRIPTION)
                    .build());
    while (true) {
      WatchEventsResponse response = watch.next();
      if (response.getEvent().getOpenId().equals(openId)
          && response.getEvent().getTemplateId().equals(templateId)) {
        return response.getEvent();
      }
    }
  }

  @Test
  void cursors_ofThisJournalAreGood_andOthersAreNot() {
    String cursor =
        EventServiceGrpc.newBlockingStub(server.channel())
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .watchEvents(WatchEventsRequest.getDefaultInstance())
            .next()
            .getHeartbeat()
            .getCursor();

    assertThat(
            EventServiceGrpc.newBlockingStub(server.channel())
                .watchEvents(WatchEventsRequest.newBuilder().setCursor(cursor).build())
                .next()
                .hasHeartbeat())
        .isTrue();
    assertThatCall(
            () ->
                EventServiceGrpc.newBlockingStub(server.channel())
                    .watchEvents(WatchEventsRequest.newBuilder().setCursor("nonsense").build())
                    .next())
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("cursor");
  }
}
