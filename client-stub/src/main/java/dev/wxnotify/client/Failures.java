package dev.wxnotify.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.wxnotify.v1.BatchItemResult;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import dev.wxnotify.v1.SendError.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

/** Converts statuses and items to a {@link SendFailure}; nothing else does. */
final class Failures {
  /** The largest request that the contract allows. */
  static final int MAX_REQUEST = 256 * 1024;

  private Failures() {}

  /**
   * The failure of an item.
   *
   * @param repeatable whether a repeat cannot send the message twice
   */
  static SendFailure ofItem(BatchItemResult result, boolean repeatable) {
    SendError error =
        result.hasError()
            ? result.getError()
            : SendError.newBuilder()
                .setCode(Status.Code.UNKNOWN.value())
                .setOutcome(result.getOutcome())
                .setMessage("the server sent no error with this outcome")
                .build();
    if (error.getOutcome() != result.getOutcome()) {
      error = error.toBuilder().setOutcomeValue(result.getOutcomeValue()).build();
    }
    return new SendFailure(error, name(error), true, repeatable);
  }

  /**
   * The failure of a call.
   *
   * @param written whether anything of the request was given to a connection
   * @param repeatable whether a repeat cannot send the message twice
   */
  static SendFailure ofStatus(
      Status status, @Nullable Metadata trailers, boolean written, boolean repeatable) {
    com.google.rpc.Status rich = StatusProto.fromStatusAndTrailers(status, trailers);
    SendError said = detail(rich, SendError.class);
    if (said != null) {
      ErrorInfo info = detail(rich, ErrorInfo.class);
      boolean unknown = said.getReason() == ErrorReason.UNRECOGNIZED;
      String name = unknown && info != null ? info.getReason() : name(said);
      SendError error = said.toBuilder().setCode(status.getCode().value()).build();
      return new SendFailure(error, name, true, repeatable);
    }
    SendError error =
        SendError.newBuilder()
            .setCode(status.getCode().value())
            .setReason(reason(status, written))
            .setOutcome(
                isSurelyNotSent(status, written)
                    ? Outcome.OUTCOME_NOT_SENT
                    : Outcome.OUTCOME_UNKNOWN)
            .setMessage(describe(status))
            .build();
    return new SendFailure(error, name(error), false, repeatable);
  }

  /** The failure of a message that was written and will not be answered any more. */
  static SendFailure unknown(Status status, boolean repeatable) {
    SendError error =
        SendError.newBuilder()
            .setCode(status.getCode().value())
            .setReason(ErrorReason.OUTCOME_UNKNOWN)
            .setOutcome(Outcome.OUTCOME_UNKNOWN)
            .setMessage(describe(status))
            .build();
    return new SendFailure(error, name(error), false, repeatable);
  }

  /**
   * The failure of a request that is too large. It is not written: in a batch it would end the
   * stream.
   */
  static SendFailure tooLarge(int bytes) {
    SendError error =
        SendError.newBuilder()
            .setCode(Status.Code.INVALID_ARGUMENT.value())
            .setReason(ErrorReason.INVALID_REQUEST)
            .setOutcome(Outcome.OUTCOME_REJECTED)
            .setMessage(
                "the request has " + bytes + " bytes (expected: at most " + MAX_REQUEST + ")")
            .build();
    return new SendFailure(error, name(error), false, true);
  }

  /** The failure of a message that this library or its user decided not to send. */
  static SendFailure notSent(Status.Code code, ErrorReason reason, String message) {
    SendError error =
        SendError.newBuilder()
            .setCode(code.value())
            .setReason(reason)
            .setOutcome(Outcome.OUTCOME_NOT_SENT)
            .setMessage(message)
            .build();
    return new SendFailure(error, name(error), false, true);
  }

  /** Returns whether a retry is pointless: the server rejected the caller or the method. */
  static boolean isRefusal(Status status) {
    switch (status.getCode()) {
      case UNIMPLEMENTED:
      case UNAUTHENTICATED:
      case PERMISSION_DENIED:
        return true;
      default: // An enum of gRPC, and only these three are meant.
        return false;
    }
  }

  private static boolean isSurelyNotSent(Status status, boolean written) {
    return !written || isRefusal(status);
  }

  private static ErrorReason reason(Status status, boolean written) {
    if (!isSurelyNotSent(status, written)) {
      return ErrorReason.OUTCOME_UNKNOWN;
    }
    switch (status.getCode()) {
      case DEADLINE_EXCEEDED:
        return ErrorReason.DEADLINE_BEFORE_SEND;
      case CANCELLED:
        return ErrorReason.CALL_CANCELLED;
      default: // An enum of gRPC, and the other codes give no reason.
        return ErrorReason.ERROR_REASON_UNSPECIFIED;
    }
  }

  private static String name(SendError error) {
    return error.getReason() == ErrorReason.UNRECOGNIZED
        ? "ERROR_REASON_" + error.getReasonValue()
        : error.getReason().name();
  }

  /** The status's text, and that of its cause, which names the address that was not reached. */
  private static String describe(Status status) {
    StringBuilder text = new StringBuilder();
    text.append(status.getDescription() == null ? status.getCode() : status.getDescription());
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null) {
      text.append(": ").append(cause.getMessage());
    }
    return text.toString();
  }

  private static <T extends com.google.protobuf.Message> @Nullable T detail(
      com.google.rpc.@Nullable Status status, Class<T> type) {
    if (status == null) {
      return null;
    }
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(type)) {
          return detail.unpack(type);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return null; // Not an answer from this service.
    }
    return null;
  }
}
