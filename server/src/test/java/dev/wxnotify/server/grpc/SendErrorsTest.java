package dev.wxnotify.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Code;
import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SendErrorsTest {
  private static final WeChatError SAID =
      new WeChatError(43101, "user refuse to accept the msg", "6234f1e4-1ac81dfc-2f4e4ee0");
  private static final Duration PAUSE = Duration.ofMillis(1_500);

  /**
   * The published table; {@link #of_anyRejection_hasItsOwnNameAsReason} checks that it is complete.
   */
  @ParameterizedTest
  @CsvSource({
    "INVALID_OPEN_ID,INVALID_ARGUMENT,INVALID_OPEN_ID",
    "INVALID_TEMPLATE,INVALID_ARGUMENT,INVALID_TEMPLATE",
    "INVALID_PAGE,INVALID_ARGUMENT,INVALID_PAGE",
    "INVALID_TEMPLATE_DATA,INVALID_ARGUMENT,INVALID_TEMPLATE_DATA",
    "CONTENT_BLOCKED,INVALID_ARGUMENT,CONTENT_BLOCKED",
    "USER_NOT_SUBSCRIBED,FAILED_PRECONDITION,USER_NOT_SUBSCRIBED",
    "APP_RESTRICTED,FAILED_PRECONDITION,APP_RESTRICTED",
    "DAILY_QUOTA_EXHAUSTED,RESOURCE_EXHAUSTED,DAILY_QUOTA_EXHAUSTED",
    "RATE_LIMITED,RESOURCE_EXHAUSTED,RATE_LIMITED",
    "WECHAT_BUSY,UNAVAILABLE,WECHAT_BUSY",
    "REQUEST_ID_CONFLICT,ALREADY_EXISTS,REQUEST_ID_CONFLICT",
    "UNRECOGNIZED_WECHAT_ERROR,FAILED_PRECONDITION,UNRECOGNIZED_WECHAT_ERROR",
  })
  void of_rejection_isRejectedAsTheTableSays(
      Rejected.Reason rejection, Code code, ErrorReason reason) {
    SendError error = SendErrors.of(new SendOutcome.Rejected(rejection, SAID), "message");

    assertError(error, code, reason, Outcome.OUTCOME_REJECTED);
    assertSaid(error);
    assertThat(error.getMessage()).contains("43101", "user refuse to accept the msg");
    assertThat(error.hasRetryAfter()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "WECHAT_CREDENTIALS,INTERNAL,WECHAT_CREDENTIALS",
    "WECHAT_UNREACHABLE,UNAVAILABLE,WECHAT_UNREACHABLE",
    "OVERLOADED,RESOURCE_EXHAUSTED,OVERLOADED",
    "DEADLINE_BEFORE_SEND,DEADLINE_EXCEEDED,DEADLINE_BEFORE_SEND",
    "CANCELLED,CANCELLED,CALL_CANCELLED",
    "REQUEST_IN_PROGRESS,ABORTED,REQUEST_IN_PROGRESS",
    "INTERNAL_ERROR,INTERNAL,INTERNAL_ERROR",
  })
  void of_hindrance_isNotSentAsTheTableSays(
      NotSent.Reason hindrance, Code code, ErrorReason reason) {
    SendError error = SendErrors.of(new SendOutcome.NotSent(hindrance, "why it was"), "message");

    assertError(error, code, reason, Outcome.OUTCOME_NOT_SENT);
    assertThat(error.getMessage()).isEqualTo("why it was");
    assertThat(error.hasWechatErrcode()).isFalse();
    assertThat(error.hasRetryAfter()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"DEADLINE,DEADLINE_EXCEEDED", "NO_ANSWER,UNKNOWN"})
  void of_doubt_isUnknown(Unknown.Reason doubt, Code code) {
    SendError error = SendErrors.of(new SendOutcome.Unknown(doubt, "what happened"), "message");

    assertError(error, code, ErrorReason.OUTCOME_UNKNOWN, Outcome.OUTCOME_UNKNOWN);
    assertThat(error.getMessage()).isEqualTo("what happened");
  }

  /** The name of a reason is that of the contract, so that a new one cannot be forgotten there. */
  @ParameterizedTest
  @EnumSource
  void of_anyRejection_hasItsOwnNameAsReason(Rejected.Reason rejection) {
    SendError error = SendErrors.of(new SendOutcome.Rejected(rejection, null), "message");

    // It makes no difference to the caller which part is busy.
    assertThat(error.getReason().name())
        .isEqualTo(rejection == Rejected.Reason.RECIPIENT_BUSY ? "WECHAT_BUSY" : rejection.name());
    assertThat(error.hasWechatErrcode()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void of_anyHindrance_saysWhatWeChatSaidAndWhenToComeBack(NotSent.Reason hindrance) {
    SendError error =
        SendErrors.of(new SendOutcome.NotSent(hindrance, "why", SAID, PAUSE), "message");

    assertSaid(error);
    assertPause(error);
  }

  @Test
  void of_rejectionThatWaitingHelps_saysForHowLong() {
    SendError error =
        SendErrors.of(
            new SendOutcome.Rejected(Rejected.Reason.RATE_LIMITED, SAID, List.of(), PAUSE),
            "message");

    assertPause(error);
  }

  @ParameterizedTest
  @CsvSource({"message", "subscribe_message", "seckill_message"})
  void of_weChatNamesAField_namesItFromTheRequestsRoot(String path) {
    SendError error =
        SendErrors.of(
            new SendOutcome.Rejected(
                Rejected.Reason.INVALID_TEMPLATE_DATA,
                SAID,
                List.of(new Violation("data[\"thing1\"]", "WeChat rejects the value")),
                null),
            path);

    assertThat(error.getFieldViolationsList())
        .containsExactly(violation(path + ".data[\"thing1\"]", "WeChat rejects the value"));
  }

  @Test
  void of_conflict_saysThatTheIdIsTaken() {
    SendError error =
        SendErrors.of(
            new SendOutcome.Rejected(Rejected.Reason.REQUEST_ID_CONFLICT, null), "message");

    assertThat(error.getMessage()).contains("request_id");
  }

  @Test
  void of_accepted_isNoError() {
    assertThatThrownBy(() -> SendErrors.of(new SendOutcome.Accepted("1"), "message"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void invalid_oneViolation_isTold() {
    SendError error = SendErrors.invalid(List.of(new Violation("message.open_id", "is required")));

    assertError(
        error, Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST, Outcome.OUTCOME_REJECTED);
    assertThat(error.getMessage()).isEqualTo("the request is invalid: message.open_id is required");
    assertThat(error.getFieldViolationsList())
        .containsExactly(violation("message.open_id", "is required"));
  }

  @Test
  void invalid_manyViolations_allAreListedAndTheFirstIsInTheText() {
    SendError error =
        SendErrors.invalid(
            IntStream.range(0, 20).mapToObj(i -> new Violation("field" + i, "is bad")).toList());

    assertThat(error.getFieldViolationsList()).hasSize(20).endsWith(violation("field19", "is bad"));
    assertThat(error.getMessage()).contains("field0 is bad", "and 19 more");
  }

  @Test
  void invalid_moreViolationsThanFit_saysHowManyAreLeftOut() {
    List<Violation> many =
        IntStream.range(0, 100)
            .mapToObj(i -> new Violation("data[\"" + "字".repeat(40) + i + "\"]", "is empty"))
            .toList();

    SendError error = SendErrors.invalid(many);

    int listed = error.getFieldViolationsCount() - 1;
    assertThat(listed).isBetween(1, 99);
    assertThat(error.getFieldViolations(listed))
        .isEqualTo(violation("", (100 - listed) + " more invalid fields are not listed here"));
    assertThat(error.getFieldViolationsList().subList(0, listed))
        .extracting(FieldViolation::getField)
        .isEqualTo(many.subList(0, listed).stream().map(Violation::field).toList());
  }

  @Test
  void of_longerTextThanFits_isCutBetweenCharacters() {
    SendError ofWeChat =
        SendErrors.of(
            new SendOutcome.Rejected(
                Rejected.Reason.CONTENT_BLOCKED, new WeChatError(45168, "😀".repeat(1_000), "")),
            "message");
    SendError ofOurs =
        SendErrors.of(
            new SendOutcome.Unknown(Unknown.Reason.NO_ANSWER, "字".repeat(1_000)), "message");

    assertThat(ofWeChat.getWechatErrmsg()).isEqualTo("😀".repeat(192) + "…");
    assertThat(ofWeChat.getMessage()).startsWith("WeChat rejected").endsWith("😀…");
    assertThat(ofOurs.getMessage()).isEqualTo("字".repeat(166) + "…");
  }

  @ParameterizedTest
  @EnumSource(names = {"OUTCOME_NOT_SENT", "OUTCOME_UNKNOWN"})
  void internal_anyOutcome_keepsIt(Outcome outcome) {
    assertError(SendErrors.internal(outcome), Code.INTERNAL, ErrorReason.INTERNAL_ERROR, outcome);
  }

  @Test
  void streamDeadline_always_saysThatTheRestWasNotSent() {
    assertError(
        SendErrors.streamDeadline(),
        Code.DEADLINE_EXCEEDED,
        ErrorReason.DEADLINE_BEFORE_SEND,
        Outcome.OUTCOME_NOT_SENT);
  }

  private static void assertError(SendError error, Code code, ErrorReason reason, Outcome outcome) {
    assertThat(Code.forNumber(error.getCode())).isEqualTo(code);
    assertThat(error.getReason()).isEqualTo(reason);
    assertThat(error.getOutcome()).isEqualTo(outcome);
    assertThat(error.getMessage()).isNotEmpty();
  }

  private static void assertSaid(SendError error) {
    assertThat(error.getWechatErrcode()).isEqualTo(SAID.errcode());
    assertThat(error.getWechatErrmsg()).isEqualTo(SAID.errmsg());
    assertThat(error.getWechatRid()).isEqualTo(SAID.rid());
  }

  private static void assertPause(SendError error) {
    assertThat(error.getRetryAfter())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
  }

  private static FieldViolation violation(String field, String description) {
    return FieldViolation.newBuilder().setField(field).setDescription(description).build();
  }
}
