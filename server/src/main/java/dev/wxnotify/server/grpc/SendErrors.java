package dev.wxnotify.server.grpc;

import com.google.protobuf.Duration;
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
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one place where outcomes become errors of the contract: code, reason, outcome and details.
 *
 * <p>Everything in an error is bounded, since clients take 8 KiB of trailers by default and learn
 * nothing of a larger error. A byte of the message costs up to six there: it travels twice in the
 * details, in base64, and percent-encoded as the text of the status. Other bytes cost three.
 *
 * <p>It is long because one case for each outcome and reason, so that what callers receive is read
 * in one place.
 */
final class SendErrors {
  private static final int MAX_MESSAGE = 500;

  /** As much as WeChat's answers are read to. */
  private static final int MAX_ERRMSG = 768;

  private static final int MAX_VIOLATIONS = 2_000;

  /** Of the field that the message names, so that there is room for all violations. */
  private static final int MAX_FIELD_IN_MESSAGE = 120;

  private static final int MAX_APP_ID = 64;

  private static final int MAX_METHOD = 120;

  private static final String ELLIPSIS = "…";

  private SendErrors() {}

  static SendError invalid(List<Violation> violations) {
    StringBuilder text = new StringBuilder("the request is invalid: ");
    Violation first = violations.get(0);
    text.append(cut(first.field(), MAX_FIELD_IN_MESSAGE)).append(' ').append(first.description());
    if (violations.size() > 1) {
      text.append(" (and ").append(violations.size() - 1).append(" more)");
    }
    return error(
            Code.INVALID_ARGUMENT,
            ErrorReason.INVALID_REQUEST,
            Outcome.OUTCOME_REJECTED,
            text.toString())
        .addAllFieldViolations(bounded("", violations))
        .build();
  }

  /**
   * A request that cannot be parsed.
   *
   * @param method what was called
   * @param why what is wrong with the bytes; it repeats none of them
   */
  static SendError unreadable(MethodDescriptor<?, ?> method, String why) {
    String called = method.getFullMethodName();
    return method.getType().clientSendsOneMessage()
        ? error(
                Code.INVALID_ARGUMENT,
                ErrorReason.INVALID_REQUEST,
                Outcome.OUTCOME_REJECTED,
                "the request of " + called + " cannot be parsed: " + why)
            .build()
        : error(
                Code.INVALID_ARGUMENT,
                ErrorReason.INVALID_REQUEST,
                Outcome.OUTCOME_UNKNOWN,
                "an item of "
                    + called
                    + " cannot be parsed, which ends the stream; items without a result may have"
                    + " been sent: "
                    + why)
            .build();
  }

  /** A request that, without its compression, is larger than the contract allows. */
  static SendError tooLarge(MethodDescriptor<?, ?> method, int most) {
    return unreadable(method, "it has more than " + most + " bytes");
  }

  /** The server has no such method: it may be older than the caller's contract. */
  static SendError unknownMethod(String called) {
    return error(
            Code.UNIMPLEMENTED,
            ErrorReason.INVALID_REQUEST,
            Outcome.OUTCOME_NOT_SENT,
            "this server has no method " + cut(called, MAX_METHOD))
        .build();
  }

  /** Nobody knows who calls; the text is the same whatever is wrong with the credentials. */
  static SendError unauthenticated() {
    return error(
            Code.UNAUTHENTICATED,
            ErrorReason.UNAUTHENTICATED,
            Outcome.OUTCOME_NOT_SENT,
            "the call has no credentials that this server knows")
        .build();
  }

  /** The caller is limited to other apps than the one that it names. */
  static SendError appNotAllowed(String appId) {
    return error(
            Code.PERMISSION_DENIED,
            ErrorReason.APP_NOT_ALLOWED,
            Outcome.OUTCOME_NOT_SENT,
            "this caller may not use "
                + (appId.isEmpty() ? "the default app" : "the app " + cut(appId, MAX_APP_ID)))
        .build();
  }

  /** The caller is known, and the service is for others. */
  static SendError notAnOperator() {
    return error(
            Code.PERMISSION_DENIED,
            ErrorReason.NOT_AN_OPERATOR,
            Outcome.OUTCOME_NOT_SENT,
            "this caller is not an operator")
        .build();
  }

  /** What was asked for does not exist. */
  static SendError notFound(String text) {
    return error(Code.NOT_FOUND, ErrorReason.NOT_FOUND, Outcome.OUTCOME_REJECTED, text).build();
  }

  /**
   * The caller is known, and lacks a right.
   *
   * @param right its name in the configuration of callers
   */
  static SendError rightMissing(String right) {
    return error(
            Code.PERMISSION_DENIED,
            ErrorReason.RIGHT_MISSING,
            Outcome.OUTCOME_NOT_SENT,
            "this caller lacks the right " + right)
        .build();
  }

  /** The cursor of a watch points to events that are no longer kept, or never were here. */
  static SendError cursorExpired() {
    return error(
            Code.OUT_OF_RANGE,
            ErrorReason.CURSOR_EXPIRED,
            Outcome.OUTCOME_REJECTED,
            "the cursor is older than what the journal keeps, or of another journal")
        .build();
  }

  /** The store of the journal is not available. */
  static SendError journalUnavailable() {
    return error(
            Code.UNAVAILABLE,
            ErrorReason.JOURNAL_UNAVAILABLE,
            Outcome.OUTCOME_NOT_SENT,
            "the database of the journal cannot be reached, or does not answer in time")
        .build();
  }

  /** The caller watches as often as it may. */
  static SendError tooManyWatches(int most) {
    SendError.Builder error =
        error(
            Code.RESOURCE_EXHAUSTED,
            ErrorReason.OVERLOADED,
            Outcome.OUTCOME_NOT_SENT,
            "this caller has " + most + " watches open, which is the most");
    addRetryAfter(error, java.time.Duration.ofSeconds(1));
    return error.build();
  }

  /** The server goes down; the watch can go on elsewhere. */
  static SendError watchStopping() {
    return error(
            Code.UNAVAILABLE,
            ErrorReason.SERVER_STOPPING,
            Outcome.OUTCOME_NOT_SENT,
            "the server is stopping: watch on from the last cursor, on another replica")
        .build();
  }

  /** The memory for open calls, or for what they send, is taken. */
  static SendError noRoomForCalls() {
    SendError.Builder error =
        error(
            Code.RESOURCE_EXHAUSTED,
            ErrorReason.OVERLOADED,
            Outcome.OUTCOME_NOT_SENT,
            "this server has no memory left for the calls of this connection");
    addRetryAfter(error, java.time.Duration.ofSeconds(1));
    return error.build();
  }

  /** The headers of a call are too large. */
  static SendError metadataTooLarge(int most) {
    return error(
            Code.RESOURCE_EXHAUSTED,
            ErrorReason.INVALID_REQUEST,
            Outcome.OUTCOME_NOT_SENT,
            "the metadata of the call has more than " + most + " bytes")
        .build();
  }

  /** A fault of this server; what it was is in the log and not in the answer. */
  static SendError internal(Outcome outcome) {
    return error(Code.INTERNAL, ErrorReason.INTERNAL_ERROR, outcome, "internal server error")
        .build();
  }

  /** The stream's time is over; whatever has no result was not sent. */
  static SendError streamDeadline() {
    return error(
            Code.DEADLINE_EXCEEDED,
            ErrorReason.DEADLINE_BEFORE_SEND,
            Outcome.OUTCOME_NOT_SENT,
            "the stream's deadline has expired; items without a result were not sent")
        .build();
  }

  /** The server goes down; whatever has no result was not sent. */
  static SendError streamStopping() {
    return error(
            Code.UNAVAILABLE,
            ErrorReason.SERVER_STOPPING,
            Outcome.OUTCOME_NOT_SENT,
            "the server is stopping; items without a result were not sent: continue with them on a"
                + " new stream to another replica")
        .build();
  }

  /**
   * Returns the error for an outcome.
   *
   * @param path where in the request the message is, for the fields that WeChat names
   */
  static SendError of(SendOutcome outcome, String path) {
    if (outcome instanceof SendOutcome.Rejected rejected) {
      return of(rejected, path);
    }
    if (outcome instanceof SendOutcome.NotSent notSent) {
      return of(notSent);
    }
    if (outcome instanceof SendOutcome.Unknown unknown) {
      return error(
              code(unknown.reason()),
              ErrorReason.OUTCOME_UNKNOWN,
              Outcome.OUTCOME_UNKNOWN,
              unknown.explanation())
          .build();
    }
    throw new IllegalArgumentException("an accepted message has no error");
  }

  /**
   * Returns the error for a call of an operator that ended as a message would have ended.
   *
   * @param outcome {@link SendOutcome.Rejected} or {@link SendOutcome.NotSent}
   */
  static SendError ofCall(SendOutcome outcome) {
    return outcome instanceof SendOutcome.Rejected rejected
        ? of(rejected, "", "the call")
        : of(outcome, "");
  }

  /** WeChat does not have what the operator asked for. */
  static SendError unknownRid(WeChatError said) {
    SendError.Builder error =
        error(
            Code.NOT_FOUND,
            ErrorReason.NOT_FOUND,
            Outcome.OUTCOME_REJECTED,
            "WeChat does not have this rid: " + said.errcode() + " " + said.errmsg());
    addWeChat(error, said);
    return error.build();
  }

  /** WeChat has no quota for the path that the operator named. */
  static SendError unknownPath(WeChatError said) {
    SendError.Builder error =
        invalid(List.of(new Violation("cgi_path", "WeChat: " + said.errmsg()))).toBuilder();
    addWeChat(error, said);
    return error.build();
  }

  private static SendError of(SendOutcome.Rejected rejected, String path) {
    return of(rejected, path, "the message");
  }

  private static SendError of(SendOutcome.Rejected rejected, String path, String what) {
    ErrorReason reason = reason(rejected.reason());
    WeChatError said = rejected.error();
    String text =
        said == null
            ? "the request_id was used for another message"
            : "WeChat rejected " + what + ": " + said.errcode() + " " + said.errmsg();
    SendError.Builder error =
        error(code(rejected.reason()), reason, Outcome.OUTCOME_REJECTED, text)
            .addAllFieldViolations(bounded(path + ".", rejected.violations()));
    addWeChat(error, said);
    addRetryAfter(error, rejected.retryAfter());
    return error.build();
  }

  private static SendError of(SendOutcome.NotSent notSent) {
    SendError.Builder error =
        error(
            code(notSent.reason()),
            reason(notSent.reason()),
            Outcome.OUTCOME_NOT_SENT,
            notSent.explanation());
    addWeChat(error, notSent.error());
    addRetryAfter(error, notSent.retryAfter());
    return error.build();
  }

  private static SendError.Builder error(
      Code code, ErrorReason reason, Outcome outcome, String message) {
    return SendError.newBuilder()
        .setCode(code.getNumber())
        .setReason(reason)
        .setOutcome(outcome)
        .setMessage(cut(message, MAX_MESSAGE));
  }

  private static void addWeChat(SendError.Builder error, @Nullable WeChatError said) {
    if (said != null) {
      error
          .setWechatErrcode(said.errcode())
          .setWechatErrmsg(cut(said.errmsg(), MAX_ERRMSG))
          .setWechatRid(said.rid());
    }
  }

  private static void addRetryAfter(
      SendError.Builder error, java.time.@Nullable Duration retryAfter) {
    if (retryAfter != null) {
      error.setRetryAfter(
          Duration.newBuilder().setSeconds(retryAfter.getSeconds()).setNanos(retryAfter.getNano()));
    }
  }

  private static List<FieldViolation> bounded(String prefix, List<Violation> violations) {
    List<FieldViolation> fields = new ArrayList<>(violations.size());
    int bytes = 0;
    for (Violation violation : violations) {
      FieldViolation field = violation(prefix + violation.field(), violation.description());
      bytes += field.getSerializedSize();
      if (bytes > MAX_VIOLATIONS) {
        int left = violations.size() - fields.size();
        fields.add(violation("", left + " more invalid fields are not listed here"));
        break;
      }
      fields.add(field);
    }
    return fields;
  }

  /** Returns the start of {@code text} that has at most {@code maxBytes} in UTF-8. */
  private static String cut(String text, int maxBytes) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      bytes += utf8Length(text.codePointAt(i));
      if (bytes > maxBytes) {
        return text.substring(0, i) + ELLIPSIS;
      }
    }
    return text;
  }

  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return Character.isBmpCodePoint(codePoint) ? 3 : 4;
  }

  private static FieldViolation violation(String field, String description) {
    return FieldViolation.newBuilder().setField(field).setDescription(description).build();
  }

  private static Code code(Rejected.Reason rejection) {
    return switch (rejection) {
      case INVALID_OPEN_ID,
          INVALID_TEMPLATE,
          INVALID_PAGE,
          INVALID_TEMPLATE_DATA,
          CONTENT_BLOCKED ->
          Code.INVALID_ARGUMENT;
      case USER_NOT_SUBSCRIBED, APP_RESTRICTED, UNRECOGNIZED_WECHAT_ERROR ->
          Code.FAILED_PRECONDITION;
      case DAILY_QUOTA_EXHAUSTED, RATE_LIMITED -> Code.RESOURCE_EXHAUSTED;
      case WECHAT_BUSY, RECIPIENT_BUSY -> Code.UNAVAILABLE;
      case REQUEST_ID_CONFLICT -> Code.ALREADY_EXISTS;
    };
  }

  static ErrorReason reason(Rejected.Reason rejection) {
    return switch (rejection) {
      case INVALID_OPEN_ID -> ErrorReason.INVALID_OPEN_ID;
      case INVALID_TEMPLATE -> ErrorReason.INVALID_TEMPLATE;
      case INVALID_PAGE -> ErrorReason.INVALID_PAGE;
      case INVALID_TEMPLATE_DATA -> ErrorReason.INVALID_TEMPLATE_DATA;
      case CONTENT_BLOCKED -> ErrorReason.CONTENT_BLOCKED;
      case USER_NOT_SUBSCRIBED -> ErrorReason.USER_NOT_SUBSCRIBED;
      case APP_RESTRICTED -> ErrorReason.APP_RESTRICTED;
      case DAILY_QUOTA_EXHAUSTED -> ErrorReason.DAILY_QUOTA_EXHAUSTED;
      case RATE_LIMITED -> ErrorReason.RATE_LIMITED;
      case WECHAT_BUSY, RECIPIENT_BUSY -> ErrorReason.WECHAT_BUSY;
      case REQUEST_ID_CONFLICT -> ErrorReason.REQUEST_ID_CONFLICT;
      case UNRECOGNIZED_WECHAT_ERROR -> ErrorReason.UNRECOGNIZED_WECHAT_ERROR;
    };
  }

  private static Code code(NotSent.Reason hindrance) {
    return switch (hindrance) {
      case WECHAT_CREDENTIALS, INTERNAL_ERROR -> Code.INTERNAL;
      case WECHAT_UNREACHABLE, SERVER_STOPPING -> Code.UNAVAILABLE;
      case DAILY_QUOTA_EXHAUSTED, OVERLOADED -> Code.RESOURCE_EXHAUSTED;
      case DEADLINE_BEFORE_SEND -> Code.DEADLINE_EXCEEDED;
      case USER_NOT_SUBSCRIBED -> Code.FAILED_PRECONDITION;
      case CANCELLED -> Code.CANCELLED;
      case REQUEST_IN_PROGRESS -> Code.ABORTED;
    };
  }

  static ErrorReason reason(NotSent.Reason hindrance) {
    return switch (hindrance) {
      case WECHAT_CREDENTIALS -> ErrorReason.WECHAT_CREDENTIALS;
      case WECHAT_UNREACHABLE -> ErrorReason.WECHAT_UNREACHABLE;
      case DAILY_QUOTA_EXHAUSTED -> ErrorReason.DAILY_QUOTA_EXHAUSTED;
      case OVERLOADED -> ErrorReason.OVERLOADED;
      case DEADLINE_BEFORE_SEND -> ErrorReason.DEADLINE_BEFORE_SEND;
      case USER_NOT_SUBSCRIBED -> ErrorReason.USER_NOT_SUBSCRIBED;
      case CANCELLED -> ErrorReason.CALL_CANCELLED;
      case REQUEST_IN_PROGRESS -> ErrorReason.REQUEST_IN_PROGRESS;
      case SERVER_STOPPING -> ErrorReason.SERVER_STOPPING;
      case INTERNAL_ERROR -> ErrorReason.INTERNAL_ERROR;
    };
  }

  private static Code code(Unknown.Reason doubt) {
    return switch (doubt) {
      case DEADLINE -> Code.DEADLINE_EXCEEDED;
      case NO_ANSWER -> Code.UNKNOWN;
    };
  }
}
