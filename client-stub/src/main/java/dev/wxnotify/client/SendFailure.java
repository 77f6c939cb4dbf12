package dev.wxnotify.client;

import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Status;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why one message was not accepted, and what to do next. It is the same for a single call ({@link
 * SendException#failure}) and for an item of a batch ({@link BatchResult#failure}).
 *
 * <p>Most failures come from the service itself ({@link #fromService}). If the service gave no
 * answer, because the connection broke or something else answered instead, this library reports
 * what is certain:
 *
 * <table>
 *   <caption>Failures without an answer from the service</caption>
 *   <tr><th>what happened</th><th>outcome</th><th>reason</th></tr>
 *   <tr><td>the call was over before it was written to a connection</td>
 *       <td>{@code OUTCOME_NOT_SENT}</td>
 *       <td>{@code DEADLINE_BEFORE_SEND}, {@code CALL_CANCELLED}, else unspecified</td></tr>
 *   <tr><td>the method or the caller was rejected (UNIMPLEMENTED, UNAUTHENTICATED,
 *       PERMISSION_DENIED)</td>
 *       <td>{@code OUTCOME_NOT_SENT}</td><td>unspecified</td></tr>
 *   <tr><td>the request is larger than the contract allows; it was not written</td>
 *       <td>{@code OUTCOME_REJECTED}</td><td>{@code INVALID_REQUEST}</td></tr>
 *   <tr><td>anything else after it was written</td>
 *       <td>{@code OUTCOME_UNKNOWN}</td><td>{@code OUTCOME_UNKNOWN}</td></tr>
 * </table>
 *
 * <p>Immutable.
 */
public final class SendFailure implements Serializable {
  private static final long serialVersionUID = 1;

  private final SendError error;
  private final String reasonName;
  private final Outcome outcome;
  private final boolean fromService;
  private final boolean safeToRepeat;
  private final boolean retryable;

  SendFailure(SendError error, String reasonName, boolean fromService, boolean repeatable) {
    this.error = error;
    this.reasonName = reasonName;
    this.outcome = known(error.getOutcome());
    this.fromService = fromService;
    this.safeToRepeat = outcome != Outcome.OUTCOME_UNKNOWN || repeatable;
    this.retryable = safeToRepeat && mayHelp(error, outcome, fromService);
  }

  /** An outcome that this version does not know counts as unknown. */
  private static Outcome known(Outcome outcome) {
    return outcome == Outcome.OUTCOME_REJECTED || outcome == Outcome.OUTCOME_NOT_SENT
        ? outcome
        : Outcome.OUTCOME_UNKNOWN;
  }

  private static boolean mayHelp(SendError error, Outcome outcome, boolean fromService) {
    switch (error.getReason()) {
      case DAILY_QUOTA_EXHAUSTED:
      case RATE_LIMITED:
      case WECHAT_BUSY:
      case WECHAT_UNREACHABLE:
      case OVERLOADED:
      case DEADLINE_BEFORE_SEND:
      case REQUEST_IN_PROGRESS:
      case SERVER_STOPPING:
      case JOURNAL_UNAVAILABLE:
        return true;
      case INVALID_REQUEST:
      case INVALID_OPEN_ID:
      case INVALID_TEMPLATE:
      case INVALID_PAGE:
      case INVALID_TEMPLATE_DATA:
      case CONTENT_BLOCKED:
      case USER_NOT_SUBSCRIBED:
      case APP_RESTRICTED:
      case WECHAT_CREDENTIALS:
      case REQUEST_ID_CONFLICT:
      case UNRECOGNIZED_WECHAT_ERROR:
      case INTERNAL_ERROR:
      case CALL_CANCELLED:
      case UNAUTHENTICATED:
      case APP_NOT_ALLOWED:
      case NOT_AN_OPERATOR:
      case NOT_FOUND:
      case CURSOR_EXPIRED:
      case RIGHT_MISSING:
        return false;
      case OUTCOME_UNKNOWN:
        // The service repeats an outcome that it reported as unknown. If this library concluded
        // that the outcome is unknown, the service may know it.
        return !fromService;
      case ERROR_REASON_UNSPECIFIED:
      case UNRECOGNIZED:
        return error.hasRetryAfter()
            || (outcome == Outcome.OUTCOME_NOT_SENT && !isRefusal(error.getCode()));
    }
    throw new AssertionError(error.getReason());
  }

  private static boolean isRefusal(int code) {
    return code == Status.Code.UNIMPLEMENTED.value()
        || code == Status.Code.UNAUTHENTICATED.value()
        || code == Status.Code.PERMISSION_DENIED.value()
        || code == Status.Code.INTERNAL.value();
  }

  /**
   * Returns what went wrong, and so what to do next: {@code UNRECOGNIZED} for a reason from a newer
   * server, whose name {@link #reasonName} returns; {@code ERROR_REASON_UNSPECIFIED} if the service
   * gave none.
   */
  public ErrorReason reason() {
    return error.getReason();
  }

  /**
   * Returns the name of the reason, for logs and metrics, even if this version does not know it.
   */
  public String reasonName() {
    return reasonName;
  }

  /**
   * Returns what happened to the message: {@code OUTCOME_REJECTED}, {@code OUTCOME_NOT_SENT} or
   * {@code OUTCOME_UNKNOWN}, never another value.
   */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * Returns whether the same request, sent again, cannot give the user a second message: the
   * message did not reach WeChat, or the request has a {@code request_id} that the service will
   * recognise (for 24 hours; across a crash of the server only if it keeps request ids in Redis).
   */
  public boolean safeToRepeat() {
    return safeToRepeat;
  }

  /**
   * Returns whether it is safe to repeat the same request and a repeat may succeed without any
   * change. Wait for {@link #retryAfter} first.
   */
  public boolean retryable() {
    return retryable;
  }

  /** Returns how long to wait before a repeat may succeed; empty if waiting does not help. */
  public Optional<Duration> retryAfter() {
    if (!error.hasRetryAfter()) {
      return Optional.empty();
    }
    Duration wait =
        Duration.ofSeconds(error.getRetryAfter().getSeconds(), error.getRetryAfter().getNanos());
    return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
  }

  /** Returns every invalid field and the reason; empty if no field is invalid. */
  public List<FieldViolation> fieldViolations() {
    return error.getFieldViolationsList();
  }

  /** Returns WeChat's {@code errcode}; empty if WeChat gave no readable answer. */
  public OptionalInt weChatErrcode() {
    return error.hasWechatErrcode()
        ? OptionalInt.of(error.getWechatErrcode())
        : OptionalInt.empty();
  }

  /** Returns WeChat's {@code errmsg}; an empty text if it gave none. */
  public String weChatErrmsg() {
    return error.getWechatErrmsg();
  }

  /** Returns WeChat's id of the request, to look it up there; an empty text if it gave none. */
  public String weChatRid() {
    return error.getWechatRid();
  }

  /** Returns the gRPC status code. */
  public Status.Code code() {
    return Status.fromCodeValue(error.getCode()).getCode();
  }

  /** Returns a text for people; do not parse it. */
  public String message() {
    return error.getMessage();
  }

  /** Returns whether the service itself reported this; false if this library concluded it. */
  public boolean fromService() {
    return fromService;
  }

  /** Returns the error in the contract's form. */
  public SendError toProto() {
    return error;
  }

  /** Returns one line for a log. It contains no open id and no secret. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(reasonName)
            .append(" (")
            .append(outcome)
            .append(", ")
            .append(code())
            .append("): ")
            .append(error.getMessage());
    if (!error.getWechatRid().isEmpty()) {
      text.append(" (rid: ").append(error.getWechatRid()).append(')');
    }
    return text.toString();
  }
}
