package dev.wxnotify.server.grpc;

import static dev.wxnotify.server.grpc.CallersOverGrpc.caller;
import static dev.wxnotify.server.testing.GrpcServerExtension.APP_ID;
import static dev.wxnotify.server.testing.GrpcServerExtension.OTHER_APP_ID;
import static dev.wxnotify.server.testing.StatusAssert.assertThatCall;
import static dev.wxnotify.server.testing.StatusAssert.assertThatStatus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.journal.Event;
import dev.wxnotify.server.journal.JournalEntry;
import dev.wxnotify.server.journal.MessageQuery;
import dev.wxnotify.server.journal.MessageRecord;
import dev.wxnotify.server.testing.Await;
import dev.wxnotify.server.testing.GrpcServerExtension;
import dev.wxnotify.v1.DeliveryStatus;
import dev.wxnotify.v1.GetMessageRequest;
import dev.wxnotify.v1.ListMessagesRequest;
import dev.wxnotify.v1.ListMessagesResponse;
import dev.wxnotify.v1.Message;
import dev.wxnotify.v1.MessageKind;
import dev.wxnotify.v1.MessageServiceGrpc;
import dev.wxnotify.v1.MessageServiceGrpc.MessageServiceBlockingStub;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages of the journal over a real connection. */
class MessageServiceTest {
  private static final Instant TIME = Instant.parse("2026-03-01T08:00:00.5Z");

  @RegisterExtension
  final GrpcServerExtension server =
      new GrpcServerExtension(new HeldGateway())
          .with(
              CallersOverGrpc.of(
                  caller("crm", null),
                  caller("web", Set.of(APP_ID)),
                  caller("operator", null, true, false)));

  private MessageServiceBlockingStub as(String caller) {
    return MessageServiceGrpc.newBlockingStub(CallersOverGrpc.as(caller, server.channel()));
  }

  private static JournalEntry accepted(long number, String appId, String caller) {
    return entry(number, appId, caller, MessageRecord.Outcome.ACCEPTED, "", null);
  }

  private static JournalEntry entry(
      long number,
      String appId,
      String caller,
      MessageRecord.Outcome outcome,
      String reason,
      @Nullable WeChatError error) {
    return new JournalEntry(
        number,
        new MessageRecord(
            appId,
            Long.toString(1_000 + number),
            "request-" + number,
            caller,
            "user-" + number,
            "template",
            dev.wxnotify.server.message.MessageKind.SUBSCRIBE,
            outcome,
            reason,
            error,
            TIME.plusSeconds(number / 2), // Two of each second.
            TIME.plusSeconds(number),
            1),
        null);
  }

  private static GetMessageRequest byMessageId(String id) {
    return GetMessageRequest.newBuilder().setMessageId(id).build();
  }

  private static GetMessageRequest byRequestId(String id) {
    return GetMessageRequest.newBuilder().setRequestId(id).build();
  }

  @Test
  void message_isFoundByEitherId_withEverythingThatIsKnown() {
    MessageRecord record =
        entry(
                7,
                APP_ID,
                "crm",
                MessageRecord.Outcome.REJECTED,
                "RECIPIENT_BUSY",
                new WeChatError(43108, "busy", "rid-1"))
            .message();
    server
        .journal()
        .add(
            new JournalEntry(
                7,
                record,
                new JournalEntry.Receipt(
                    new Event.DeliveryReport(false, "1007", "12", "failed: system"),
                    TIME.plusSeconds(60))));

    Message found = as("crm").getMessage(byMessageId("1007")).getMessage();

    assertThat(as("crm").getMessage(byRequestId("request-7")).getMessage()).isEqualTo(found);
    assertThat(found)
        .isEqualTo(
            Message.newBuilder()
                .setAppId(APP_ID)
                .setMessageId("1007")
                .setRequestId("request-7")
                .setCaller("crm")
                .setOpenId("user-7")
                .setTemplateId("template")
                .setKind(MessageKind.MESSAGE_KIND_SUBSCRIBE)
                .setOutcome(Outcome.OUTCOME_REJECTED)
                .setReason(ErrorReason.WECHAT_BUSY)
                .setWechatErrcode(43108)
                .setWechatErrmsg("busy")
                .setWechatRid("rid-1")
                .setBeganAt(Protos.of(TIME.plusSeconds(3)))
                .setEndedAt(Protos.of(TIME.plusSeconds(7)))
                .setAttempts(1)
                .setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_FAILED)
                .setDeliveryAt(Protos.of(TIME.plusSeconds(60)))
                .setDeliveryErrorCode("12")
                .setDeliveryErrorStatus("failed: system")
                .build());
  }

  @Test
  void messagesOfOthers_areNotThere_andAnOperatorSeesAll() {
    server
        .journal()
        .add(
            accepted(1, APP_ID, "crm"),
            accepted(2, APP_ID, "web"),
            accepted(3, OTHER_APP_ID, "web"));

    assertNotFound("crm", byMessageId("1002"));
    assertNotFound("web", byMessageId("1003"));
    assertNotFound("operator", byMessageId("1004"));
    assertNotFound("operator", byMessageId("1001").toBuilder().setAppId(OTHER_APP_ID).build());
    assertThat(as("operator").getMessage(byMessageId("1002")).getMessage().getCaller())
        .isEqualTo("web");
    assertThat(numbers(as("crm").listMessages(ListMessagesRequest.getDefaultInstance())))
        .containsExactly("1001");
    assertThat(numbers(as("web").listMessages(ListMessagesRequest.getDefaultInstance())))
        .as("of its apps")
        .containsExactly("1002");
    assertThat(numbers(as("operator").listMessages(ListMessagesRequest.getDefaultInstance())))
        .containsExactly("1003", "1002", "1001");
    assertThatCall(
            () -> as("web").getMessage(byMessageId("1").toBuilder().setAppId(OTHER_APP_ID).build()))
        .isError(
            Status.Code.PERMISSION_DENIED, ErrorReason.APP_NOT_ALLOWED, Outcome.OUTCOME_NOT_SENT);
  }

  private void assertNotFound(String caller, GetMessageRequest request) {
    assertThatCall(() -> as(caller).getMessage(request))
        .isError(Status.Code.NOT_FOUND, ErrorReason.NOT_FOUND, Outcome.OUTCOME_REJECTED);
  }

  private static List<String> numbers(ListMessagesResponse page) {
    return page.getMessagesList().stream().map(Message::getMessageId).toList();
  }

  /** The pages split messages of the same instant, and rows that come later do not move them. */
  @Test
  void pages_haveEachMessageOnce_newestFirst_whateverComesMeanwhile() {
    for (int i = 0; i < 10; i++) {
      server.journal().add(accepted(i, APP_ID, "crm"));
    }
    ListMessagesRequest first = ListMessagesRequest.newBuilder().setPageSize(3).build();
    List<List<String>> pages = new ArrayList<>();
    ListMessagesResponse page = as("crm").listMessages(first);
    pages.add(numbers(page));
    while (!page.getNextPageToken().isEmpty()) {
      server.journal().add(accepted(100 + pages.size(), APP_ID, "crm"));
      page =
          as("crm")
              .listMessages(
                  first.toBuilder()
                      .setPageSize(pages.size() + 2)
                      .setPageToken(page.getNextPageToken())
                      .build());
      pages.add(numbers(page));
    }

    assertThat(pages)
        .containsExactly(
            List.of("1009", "1008", "1007"),
            List.of("1006", "1005", "1004"),
            List.of("1003", "1002", "1001", "1000"));
  }

  @Test
  void filters_areAllApplied() {
    server
        .journal()
        .add(
            accepted(1, APP_ID, "crm"),
            entry(
                2,
                APP_ID,
                "crm",
                MessageRecord.Outcome.REJECTED,
                "WECHAT_BUSY",
                new WeChatError(-1, "busy", "")),
            entry(
                3,
                APP_ID,
                "crm",
                MessageRecord.Outcome.REJECTED,
                "RECIPIENT_BUSY",
                new WeChatError(43108, "busy", "")),
            entry(4, APP_ID, "crm", MessageRecord.Outcome.NOT_SENT, "CANCELLED", null),
            entry(5, APP_ID, "crm", MessageRecord.Outcome.UNKNOWN, "NO_ANSWER", null),
            entry(6, APP_ID, "crm", MessageRecord.Outcome.UNKNOWN, "DEADLINE", null),
            new JournalEntry(
                7,
                accepted(7, APP_ID, "crm").message(),
                new JournalEntry.Receipt(
                    new Event.DeliveryReport(true, "1007", "0", "success"), TIME)));

    assertThat(listed(of().setOpenId("user-3"))).containsExactly("1003");
    assertThat(listed(of().setTemplateId("other"))).isEmpty();
    assertThat(listed(of().setRequestIdPrefix("request-4"))).containsExactly("1004");
    assertThat(listed(of().setOutcome(Outcome.OUTCOME_UNKNOWN))).containsExactly("1006", "1005");
    assertThat(listed(of().setReason(ErrorReason.WECHAT_BUSY))).containsExactly("1003", "1002");
    assertThat(listed(of().setReason(ErrorReason.CALL_CANCELLED))).containsExactly("1004");
    assertThat(listed(of().setReason(ErrorReason.OUTCOME_UNKNOWN))).containsExactly("1006", "1005");
    assertThat(listed(of().setReason(ErrorReason.UNAUTHENTICATED))).isEmpty();
    assertThat(listed(of().setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_DELIVERED)))
        .containsExactly("1007");
    assertThat(listed(of().setDeliveryStatus(DeliveryStatus.DELIVERY_STATUS_FAILED))).isEmpty();
    assertThat(
            listed(
                of().setFrom(Protos.of(TIME.plusSeconds(1))).setTo(Protos.of(TIME.plusSeconds(2)))))
        .containsExactly("1003", "1002");
  }

  private static ListMessagesRequest.Builder of() {
    return ListMessagesRequest.newBuilder();
  }

  private List<String> listed(ListMessagesRequest.Builder request) {
    return numbers(as("crm").listMessages(request.build()));
  }

  @Test
  void everythingThatIsWrong_isSaidAtOnce() {
    assertThatCall(
            () ->
                listed(
                    of().setAppId("wx-unknown")
                        .setOpenId("a b")
                        .setTemplateId("t".repeat(129))
                        .setRequestIdPrefix("r".repeat(65))
                        .setFrom(Protos.of(TIME))
                        .setTo(Protos.of(TIME))
                        .setOutcomeValue(99)
                        .setReasonValue(9_999)
                        .setDeliveryStatusValue(99)
                        .setPageToken("nonsense")
                        .setPageSize(1_001)))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields(
            "app_id",
            "open_id",
            "template_id",
            "request_id_prefix",
            "from",
            "outcome",
            "reason",
            "delivery_status",
            "page_token",
            "page_size");
    assertThatCall(
            () ->
                listed(
                    of().setPageSize(-1)
                        .setFrom(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))))
        .namesFields("from", "page_size");
  }

  @Test
  void pageToken_isOfItsFiltersOnly() {
    server.journal().add(accepted(1, APP_ID, "crm"), accepted(2, APP_ID, "crm"));
    String token = as("crm").listMessages(of().setPageSize(1).build()).getNextPageToken();
    assertThat(listed(of().setPageToken(token))).containsExactly("1001");

    assertThatCall(() -> listed(of().setPageToken(token).setOpenId("user-1")))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields("page_token")
        .says("other filters");
    for (String other : List.of(token + "A", token.substring(1), "?", "AAAA")) {
      assertThatCall(() -> listed(of().setPageToken(other))).namesFields("page_token");
    }
  }

  @Test
  void pageToken_ofATimeThatNoMessageHas_isNone() {
    for (Instant time :
        List.of(Instant.MIN, Instant.MAX, Instant.parse("+10000-01-01T00:00:00Z"))) {
      String forged = PageTokens.after(new MessageQuery.Place(time, 1), of().build());
      assertThatCall(() -> listed(of().setPageToken(forged)))
          .isError(
              Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
          .namesFields("page_token");
    }
  }

  @Test
  void ids_thatAreMissingOrTooLong_areNamed() {
    assertInvalid(GetMessageRequest.getDefaultInstance(), "message_id or request_id");
    assertInvalid(byMessageId(""), "message_id");
    assertInvalid(byRequestId(""), "request_id");
    assertInvalid(byMessageId("1".repeat(65)), "message_id");
    assertInvalid(byRequestId("1".repeat(65)), "request_id");
    assertInvalid(byRequestId("a\0").toBuilder().setAppId("x").build(), "app_id", "request_id");
  }

  private void assertInvalid(GetMessageRequest request, String... fields) {
    assertThatCall(() -> as("crm").getMessage(request))
        .isError(
            Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED)
        .namesFields(fields);
  }

  @Test
  void journalThatIsAway_isUnavailable() {
    server.journal().setAway(true);

    for (Runnable call :
        List.<Runnable>of(() -> as("crm").getMessage(byMessageId("1")), () -> listed(of()))) {
      assertThatCall(call::run)
          .isError(
              Status.Code.UNAVAILABLE, ErrorReason.JOURNAL_UNAVAILABLE, Outcome.OUTCOME_NOT_SENT);
    }
  }

  @Test
  void stop_answersACallThatTheJournalDoesNot() throws Exception {
    server.journal().hold(new CompletableFuture<>());
    var call =
        MessageServiceGrpc.newFutureStub(CallersOverGrpc.as("crm", server.channel()))
            .getMessage(byMessageId("1"));
    Await.until("it has come", () -> server.journal().asked() == 1);

    server.stop(Duration.ofSeconds(2));

    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class, () -> call.get(Await.LONGEST.toSeconds(), TimeUnit.SECONDS));
    assertThatStatus((StatusRuntimeException) Objects.requireNonNull(failure.getCause()))
        .isError(Status.Code.UNAVAILABLE, ErrorReason.SERVER_STOPPING, Outcome.OUTCOME_NOT_SENT);
  }
}
