package dev.wxnotify.server.grpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.SendError;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;

/**
 * Builds the status of a failed call: the error itself, and the same in the standard details of
 * {@code google.rpc}. A rejection is an everyday case, so there are no stack traces.
 */
final class Statuses {
  /** The domain of every {@code ErrorInfo} of this service. */
  static final String DOMAIN = "wxnotify.dev";

  /** Where gRPC's libraries look for the details. */
  private static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  private Statuses() {}

  /** Returns the exception for {@code StreamObserver#onError}. */
  static StatusRuntimeException of(SendError error) {
    com.google.rpc.Status details = details(error);
    return new WithoutTrace(status(details), trailers(details));
  }

  /** Ends a call with an error. */
  static void close(ServerCall<?, ?> call, SendError error) {
    com.google.rpc.Status details = details(error);
    call.close(status(details), trailers(details));
  }

  private static final class WithoutTrace extends StatusRuntimeException {
    private static final long serialVersionUID = 1L;

    WithoutTrace(Status status, Metadata trailers) {
      super(status, trailers);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private static Status status(com.google.rpc.Status details) {
    return Status.fromCodeValue(details.getCode()).withDescription(details.getMessage());
  }

  private static Metadata trailers(com.google.rpc.Status details) {
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details);
    return trailers;
  }

  private static com.google.rpc.Status details(SendError error) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(error.getCode())
            .setMessage(error.getReason() + ": " + error.getMessage() + rid(error))
            .addDetails(Any.pack(errorInfo(error)));
    if (error.getFieldViolationsCount() > 0) {
      status.addDetails(Any.pack(badRequest(error)));
    }
    if (error.hasRetryAfter()) {
      status.addDetails(
          Any.pack(RetryInfo.newBuilder().setRetryDelay(error.getRetryAfter()).build()));
    }
    return status.addDetails(Any.pack(error)).build();
  }

  /** People read the message first, and they look up the rid. */
  private static String rid(SendError error) {
    return error.getWechatRid().isEmpty() ? "" : " (rid: " + error.getWechatRid() + ")";
  }

  private static ErrorInfo errorInfo(SendError error) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder()
            .setReason(error.getReason().name())
            .setDomain(DOMAIN)
            .putMetadata("outcome", error.getOutcome().name());
    if (error.hasWechatErrcode()) {
      info.putMetadata("wechat_errcode", Integer.toString(error.getWechatErrcode()))
          .putMetadata("wechat_errmsg", error.getWechatErrmsg())
          .putMetadata("wechat_rid", error.getWechatRid());
    }
    return info.build();
  }

  private static BadRequest badRequest(SendError error) {
    BadRequest.Builder badRequest = BadRequest.newBuilder();
    for (FieldViolation violation : error.getFieldViolationsList()) {
      badRequest
          .addFieldViolationsBuilder()
          .setField(violation.getField())
          .setDescription(violation.getDescription());
    }
    return badRequest.build();
  }
}
