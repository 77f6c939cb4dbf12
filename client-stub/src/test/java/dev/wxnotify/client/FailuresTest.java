package dev.wxnotify.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_REQUEST, REJECTED, false",
    "INVALID_OPEN_ID, REJECTED, false",
    "INVALID_TEMPLATE, REJECTED, false",
    "INVALID_PAGE, REJECTED, false",
    "INVALID_TEMPLATE_DATA, REJECTED, false",
    "CONTENT_BLOCKED, REJECTED, false",
    "USER_NOT_SUBSCRIBED, REJECTED, false",
    "APP_RESTRICTED, REJECTED, false",
    "DAILY_QUOTA_EXHAUSTED, REJECTED, true",
    "DAILY_QUOTA_EXHAUSTED, NOT_SENT, true",
    "RATE_LIMITED, REJECTED, true",
    "WECHAT_BUSY, REJECTED, true",
    "WECHAT_CREDENTIALS, NOT_SENT, false",
    "WECHAT_UNREACHABLE, NOT_SENT, true",
    "OVERLOADED, NOT_SENT, true",
    "SERVER_STOPPING, NOT_SENT, true",
    "DEADLINE_BEFORE_SEND, NOT_SENT, true",
    "OUTCOME_UNKNOWN, UNKNOWN, false",
    "REQUEST_ID_CONFLICT, REJECTED, false",
    "REQUEST_IN_PROGRESS, NOT_SENT, true",
    "UNRECOGNIZED_WECHAT_ERROR, REJECTED, false",
    "INTERNAL_ERROR, NOT_SENT, false",
    "INTERNAL_ERROR, UNKNOWN, false",
    "CALL_CANCELLED, NOT_SENT, false",
    "UNAUTHENTICATED, NOT_SENT, false",
    "APP_NOT_ALLOWED, NOT_SENT, false",
    "NOT_AN_OPERATOR, NOT_SENT, false",
    "NOT_FOUND, REJECTED, false",
    "CURSOR_EXPIRED, REJECTED, false",
    "RIGHT_MISSING, NOT_SENT, false",
    "JOURNAL_UNAVAILABLE, NOT_SENT, true",
  })
  void reason_ofStatusAndOfItem_isDecodedAlike(
      ErrorReason reason, String outcomeName, boolean retryable) {
    Outcome outcome = Outcome.valueOf("OUTCOME_" + outcomeName);
    SendError error = error(reason, outcome).setCode(Status.Code.ABORTED.value()).build();

    SendFailure ofStatus = ofStatus(FakeService.status(Status.Code.ABORTED, error), true);
    SendFailure ofItem = ofItem(outcome, error, true);

    for (SendFailure failure : Arrays.asList(ofStatus, ofItem)) {
      assertThat(failure.reason()).isEqualTo(reason);
      assertThat(failure.reasonName()).isEqualTo(reason.name());
      assertThat(failure.outcome()).isEqualTo(outcome);
      assertThat(failure.retryable()).isEqualTo(retryable);
      assertThat(failure.safeToRepeat()).isTrue();
      assertThat(failure.fromService()).isTrue();
      assertThat(failure.toProto()).isEqualTo(error);
    }
  }

  @Test
  void reasons_ofTheContract_areAllTestedAbove() throws NoSuchMethodException {
    CsvSource rows =
        FailuresTest.class
            .getDeclaredMethod(
                "reason_ofStatusAndOfItem_isDecodedAlike",
                ErrorReason.class,
                String.class,
                boolean.class)
            .getAnnotation(CsvSource.class);
    Set<String> tested =
        Arrays.stream(rows.value())
            .map(row -> row.substring(0, row.indexOf(',')))
            .collect(Collectors.toSet());

    assertThat(ErrorReason.values())
        .extracting(ErrorReason::name)
        .filteredOn(name -> !name.equals("UNRECOGNIZED"))
        .filteredOn(name -> !name.equals("ERROR_REASON_UNSPECIFIED"))
        .allMatch(tested::contains);
  }

  @ParameterizedTest
  @CsvSource({
    "OUTCOME_REJECTED, false, false",
    "OUTCOME_REJECTED, true, true",
    "OUTCOME_NOT_SENT, false, true",
    "OUTCOME_UNKNOWN, false, false",
  })
  void reason_ofNewerServer_isJudgedByWhatStandsBesideIt(
      Outcome outcome, boolean retryAfter, boolean retryable) {
    SendError.Builder error = error(ErrorReason.OVERLOADED, outcome).setReasonValue(77);
    if (retryAfter) {
      error.setRetryAfter(Duration.newBuilder().setSeconds(3));
    }
    ErrorInfo info = ErrorInfo.newBuilder().setReason("MOON_IS_FULL").build();

    SendFailure ofStatus =
        ofStatus(FakeService.status(Status.Code.FAILED_PRECONDITION, info, error.build()), true);
    SendFailure ofItem = ofItem(outcome, error.build(), true);

    assertThat(ofStatus.reason()).isEqualTo(ErrorReason.UNRECOGNIZED);
    assertThat(ofStatus.reasonName()).isEqualTo("MOON_IS_FULL");
    assertThat(ofStatus.retryable()).isEqualTo(retryable);
    assertThat(ofItem.reasonName()).isEqualTo("ERROR_REASON_77");
    assertThat(ofItem.outcome()).isEqualTo(outcome);
    assertThat(ofItem.retryable()).isEqualTo(retryable);
  }

  @Test
  void outcome_ofNewerServer_isUnknown() {
    SendError error = SendError.newBuilder().setOutcomeValue(9).setReasonValue(77).build();

    SendFailure failure =
        Failures.ofItem(
            BatchItemResult.newBuilder().setOutcomeValue(9).setError(error).build(), false);

    assertThat(failure.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
    assertThat(failure.safeToRepeat()).isFalse();
    assertThat(failure.retryable()).isFalse();
  }

  @Test
  void item_withoutError_keepsItsOutcome() {
    SendFailure failure =
        Failures.ofItem(
            BatchItemResult.newBuilder().setOutcome(Outcome.OUTCOME_NOT_SENT).build(), false);

    assertThat(failure.outcome()).isEqualTo(Outcome.OUTCOME_NOT_SENT);
    assertThat(failure.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  @Test
  void details_areAllThere() {
    SendError error =
        error(ErrorReason.INVALID_TEMPLATE_DATA, Outcome.OUTCOME_REJECTED)
            .setCode(Status.Code.INVALID_ARGUMENT.value())
            .setMessage("a value is wrong")
            .addFieldViolations(FieldViolation.newBuilder().setField("f").setDescription("d"))
            .setRetryAfter(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
            .setWechatErrcode(47003)
            .setWechatErrmsg("argument invalid!")
            .setWechatRid("rid-1")
            .build();

    SendFailure failure = ofStatus(FakeService.status(Status.Code.INVALID_ARGUMENT, error), false);

    assertThat(failure.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure.message()).isEqualTo("a value is wrong");
    assertThat(failure.fieldViolations()).containsExactlyElementsOf(error.getFieldViolationsList());
    assertThat(failure.retryAfter()).contains(java.time.Duration.ofMillis(1500));
    assertThat(failure.weChatErrcode()).hasValue(47003);
    assertThat(failure.weChatErrmsg()).isEqualTo("argument invalid!");
    assertThat(failure.weChatRid()).isEqualTo("rid-1");
    assertThat(failure.toString())
        .isEqualTo(
            "INVALID_TEMPLATE_DATA (OUTCOME_REJECTED, INVALID_ARGUMENT): a value is wrong"
                + " (rid: rid-1)");
  }

  @Test
  void details_thatAreNotSet_areEmpty() {
    SendFailure failure =
        ofItem(
            Outcome.OUTCOME_REJECTED,
            error(ErrorReason.INVALID_PAGE, Outcome.OUTCOME_REJECTED).build(),
            false);

    assertThat(failure.retryAfter()).isEmpty();
    assertThat(failure.weChatErrcode()).isEmpty();
    assertThat(failure.fieldViolations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // code, written, request id, outcome, reason, safe, retryable
    "UNAVAILABLE, false, false, NOT_SENT, ERROR_REASON_UNSPECIFIED, true, true",
    "UNAVAILABLE, true, false, UNKNOWN, OUTCOME_UNKNOWN, false, false",
    "UNAVAILABLE, true, true, UNKNOWN, OUTCOME_UNKNOWN, true, true",
    "DEADLINE_EXCEEDED, false, false, NOT_SENT, DEADLINE_BEFORE_SEND, true, true",
    "DEADLINE_EXCEEDED, true, false, UNKNOWN, OUTCOME_UNKNOWN, false, false",
    "CANCELLED, false, false, NOT_SENT, CALL_CANCELLED, true, false",
    "CANCELLED, true, true, UNKNOWN, OUTCOME_UNKNOWN, true, true",
    "INTERNAL, true, false, UNKNOWN, OUTCOME_UNKNOWN, false, false",
    "UNKNOWN, true, false, UNKNOWN, OUTCOME_UNKNOWN, false, false",
    "RESOURCE_EXHAUSTED, true, false, UNKNOWN, OUTCOME_UNKNOWN, false, false",
    "UNIMPLEMENTED, true, false, NOT_SENT, ERROR_REASON_UNSPECIFIED, true, false",
    "UNAUTHENTICATED, true, false, NOT_SENT, ERROR_REASON_UNSPECIFIED, true, false",
    "PERMISSION_DENIED, true, false, NOT_SENT, ERROR_REASON_UNSPECIFIED, true, false",
  })
  void status_withoutTheServicesWord_isClassifiedByWhatIsCertain(
      Status.Code code,
      boolean written,
      boolean requestId,
      String outcome,
      ErrorReason reason,
      boolean safe,
      boolean retryable) {
    SendFailure failure =
        Failures.ofStatus(code.toStatus().withDescription("text"), null, written, requestId);

    assertThat(failure.outcome()).isEqualTo(Outcome.valueOf("OUTCOME_" + outcome));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.safeToRepeat()).isEqualTo(safe);
    assertThat(failure.retryable()).isEqualTo(retryable);
    assertThat(failure.fromService()).isFalse();
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.message()).isEqualTo("text");
  }

  @Test
  void details_thatAreRubbish_areNotTheServicesWord() {
    Any rubbish =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/wxnotify.v1.SendError")
            .setValue(ByteString.copyFrom(new byte[] {-1, -1, -1}))
            .build();
    StatusRuntimeException status =
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.NOT_FOUND.value())
                .addDetails(rubbish)
                .build());

    SendFailure failure = ofStatus(status, false);

    assertThat(failure.fromService()).isFalse();
    assertThat(failure.outcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
  }

  private static SendFailure ofStatus(StatusRuntimeException status, boolean repeatable) {
    Metadata trailers = status.getTrailers();
    return Failures.ofStatus(status.getStatus(), trailers, true, repeatable);
  }

  private static SendFailure ofItem(Outcome outcome, SendError error, boolean repeatable) {
    return Failures.ofItem(
        BatchItemResult.newBuilder().setOutcome(outcome).setError(error).build(), repeatable);
  }

  private static SendError.Builder error(ErrorReason reason, Outcome outcome) {
    return SendError.newBuilder().setReason(reason).setOutcome(outcome);
  }
}
