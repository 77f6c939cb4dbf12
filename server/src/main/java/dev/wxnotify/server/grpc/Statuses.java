package dev.wxnotify.server.grpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.SendError;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/**
 * Makes the status of a failed call: the error itself, and the same in the standard details of
 * {@code google.rpc}.
 */
final class Statuses {
  /** The domain of every {@code ErrorInfo} of this service. */
  static final String DOMAIN = "wxnotify.dev";

  private Statuses() {}

  static StatusRuntimeException of(SendError error) {
    Status.Builder status =
        Status.newBuilder()
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
    return StatusProto.toStatusRuntimeException(status.addDetails(Any.pack(error)).build());
  }

  /** People read the message first, and the rid is what they look up. */
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
