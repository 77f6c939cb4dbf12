package dev.wxnotify.server.testing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The details of a status, read like a client, and the contract's rules for them.
 *
 * @param info every {@code ErrorInfo}; there should be exactly one
 * @param badRequest every {@code BadRequest}
 * @param retryInfo every {@code RetryInfo}
 * @param sendError every {@code SendError}; there should be exactly one
 */
record ErrorDetails(
    List<ErrorInfo> info,
    List<BadRequest> badRequest,
    List<RetryInfo> retryInfo,
    List<SendError> sendError) {

  static final String DOMAIN = "wxnotify.dev";

  /** Reads the details of an error. */
  static ErrorDetails of(StatusRuntimeException error) {
    return of(StatusProto.fromThrowable(error));
  }

  private static ErrorDetails of(com.google.rpc.@Nullable Status status) {
    ErrorDetails details =
        new ErrorDetails(
            new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    if (status != null) {
      for (Any any : status.getDetailsList()) {
        addIf(any, ErrorInfo.class, details.info);
        addIf(any, BadRequest.class, details.badRequest);
        addIf(any, RetryInfo.class, details.retryInfo);
        addIf(any, SendError.class, details.sendError);
      }
    }
    return details;
  }

  private static <M extends Message> void addIf(Any any, Class<M> type, List<M> to) {
    if (any.is(type)) {
      try {
        to.add(any.unpack(type));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("a detail cannot be read: " + any, e);
      }
    }
  }

  /** Returns every rule of the contract that the status of a failed call breaks. */
  static List<String> offencesOf(Status status, Metadata trailers) {
    com.google.rpc.Status rich = StatusProto.fromStatusAndTrailers(status, trailers);
    ErrorDetails details = of(rich);
    if (details.info.size() != 1 || details.sendError.size() != 1) {
      return List.of(
          details.info.size() + " ErrorInfo and " + details.sendError.size() + " SendError");
    }
    SendError error = details.sendError.get(0);
    List<String> offences = offencesOf(error, error.getOutcome());
    if (rich.getCode() != status.getCode().value() || error.getCode() != rich.getCode()) {
      offences.add("different codes");
    }
    if (!rich.getMessage().equals(status.getDescription())) {
      offences.add("different messages");
    }
    ErrorInfo info = details.info.get(0);
    if (!info.getDomain().equals(DOMAIN) || !info.getReason().equals(error.getReason().name())) {
      offences.add("domain or reason differ");
    }
    if (!info.getMetadataMap().equals(metadata(error))) {
      offences.add("the metadata are not those of the SendError");
    }
    if (!details.violations().equals(error.getFieldViolationsList())) {
      offences.add("BadRequest is not that of the SendError");
    }
    if (!details.retryInfo.stream()
        .map(RetryInfo::getRetryDelay)
        .toList()
        .equals(error.hasRetryAfter() ? List.of(error.getRetryAfter()) : List.of())) {
      offences.add("RetryInfo is not that of the SendError");
    }
    return offences;
  }

  /** Returns every rule of the contract that an error breaks by itself. */
  static List<String> offencesOf(SendError error, Outcome outcome) {
    List<String> offences = new ArrayList<>();
    if (error.getOutcome() != outcome) {
      offences.add("different outcomes");
    }
    switch (error.getOutcome()) {
      case OUTCOME_REJECTED, OUTCOME_NOT_SENT, OUTCOME_UNKNOWN -> {}
      case OUTCOME_ACCEPTED, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          offences.add("no outcome of an error");
    }
    switch (error.getReason()) {
      case ERROR_REASON_UNSPECIFIED, UNRECOGNIZED -> offences.add("no reason");
      case OUTCOME_UNKNOWN -> {
        if (outcome != Outcome.OUTCOME_UNKNOWN) {
          offences.add("the reason is not that of the outcome");
        }
      }
      default -> {}
    }
    if (error.getCode() == Status.Code.OK.value() || error.getMessage().isEmpty()) {
      offences.add("no code or no message");
    }
    return offences;
  }

  private static Map<String, String> metadata(SendError error) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("outcome", error.getOutcome().name());
    if (error.hasWechatErrcode()) {
      metadata.put("wechat_errcode", Integer.toString(error.getWechatErrcode()));
      metadata.put("wechat_errmsg", error.getWechatErrmsg());
      metadata.put("wechat_rid", error.getWechatRid());
    }
    return metadata;
  }

  private List<FieldViolation> violations() {
    return badRequest.stream()
        .flatMap(request -> request.getFieldViolationsList().stream())
        .map(
            violation ->
                FieldViolation.newBuilder()
                    .setField(violation.getField())
                    .setDescription(violation.getDescription())
                    .build())
        .toList();
  }

  /** Returns the error in the contract's form. */
  SendError onlyError() {
    if (sendError.size() != 1) {
      throw new AssertionError(sendError.size() + " SendError (expected: 1)");
    }
    return sendError.get(0);
  }
}
