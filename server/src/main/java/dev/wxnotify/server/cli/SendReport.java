package dev.wxnotify.server.cli;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.SendError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Tells a person what became of one message. */
final class SendReport {
  static final int EXIT_ACCEPTED = 0;
  static final int EXIT_NOT_ACCEPTED = 1;

  private final PrintWriter out;

  SendReport(PrintWriter out) {
    this.out = out;
  }

  int accepted(String messageId, boolean replayed, boolean validateOnly) {
    if (validateOnly) {
      out.println("VALID  nothing was sent");
    } else {
      out.println(
          "ACCEPTED"
              + (messageId.isEmpty() ? "" : "  message_id " + messageId)
              + (replayed ? "  (replayed: nothing was sent now)" : ""));
    }
    return EXIT_ACCEPTED;
  }

  int failed(StatusRuntimeException failure) {
    SendError error = sendError(failure);
    if (error == null) {
      Status status = failure.getStatus();
      out.println("NO ANSWER  " + status.getCode() + line("", describe(status)));
      return EXIT_NOT_ACCEPTED;
    }
    out.println(
        error.getOutcome().name().replaceFirst("^OUTCOME_", "")
            + "  "
            + error.getReason()
            + "  ("
            + failure.getStatus().getCode()
            + ")");
    out.println("  " + error.getMessage());
    for (FieldViolation violation : error.getFieldViolationsList()) {
      out.println("  field       " + violation.getField() + ": " + violation.getDescription());
    }
    if (error.hasWechatErrcode()) {
      out.println("  errcode     " + error.getWechatErrcode() + "  " + error.getWechatErrmsg());
    }
    if (!error.getWechatRid().isEmpty()) {
      out.println("  rid         " + error.getWechatRid());
    }
    if (error.hasRetryAfter()) {
      out.println("  retry after " + error.getRetryAfter().getSeconds() + " s");
    }
    return EXIT_NOT_ACCEPTED;
  }

  private static String describe(Status status) {
    Throwable cause = status.getCause();
    String text = status.getDescription() == null ? "" : status.getDescription();
    return cause == null || cause.getMessage() == null ? text : text + ": " + cause.getMessage();
  }

  private static String line(String prefix, String text) {
    return text.isEmpty() ? "" : System.lineSeparator() + "  " + prefix + text;
  }

  private static @Nullable SendError sendError(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return null;
    }
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(SendError.class)) {
          return detail.unpack(SendError.class);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return null; // An answer of something else than our server.
    }
    return null;
  }
}
