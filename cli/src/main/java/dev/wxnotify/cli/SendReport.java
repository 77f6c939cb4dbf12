package dev.wxnotify.cli;

import dev.wxnotify.client.SendFailure;
import dev.wxnotify.v1.FieldViolation;
import dev.wxnotify.v1.Outcome;
import java.io.PrintWriter;

/** Prints the outcome of one message, or the failure of another call, for a person. */
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

  int failed(SendFailure failure) {
    failedCall(failure);
    if (!failure.fromService()) {
      out.println("  " + certain(failure.outcome()));
    }
    return EXIT_NOT_ACCEPTED;
  }

  /** Prints the failure of a call that sends nothing. */
  int failedCall(SendFailure failure) {
    if (!failure.fromService()) {
      out.println("NO ANSWER  " + failure.code());
      out.println("  " + failure.message());
      return EXIT_NOT_ACCEPTED;
    }
    out.println(
        failure.outcome().name().replaceFirst("^OUTCOME_", "")
            + "  "
            + failure.reasonName()
            + "  ("
            + failure.code()
            + ")");
    out.println("  " + failure.message());
    for (FieldViolation violation : failure.fieldViolations()) {
      out.println("  field       " + violation.getField() + ": " + violation.getDescription());
    }
    failure
        .weChatErrcode()
        .ifPresent(
            errcode -> out.println("  errcode     " + errcode + "  " + failure.weChatErrmsg()));
    if (!failure.weChatRid().isEmpty()) {
      out.println("  rid         " + failure.weChatRid());
    }
    failure.retryAfter().ifPresent(wait -> out.println("  retry after " + wait.toSeconds() + " s"));
    return EXIT_NOT_ACCEPTED;
  }

  /** What is certain when the service itself gave no answer. */
  private static String certain(Outcome outcome) {
    return switch (outcome) {
      case OUTCOME_UNKNOWN -> "the message may have been sent";
      case OUTCOME_REJECTED, OUTCOME_NOT_SENT -> "the message was not sent";
      case OUTCOME_ACCEPTED, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          throw new AssertionError("no failure has this outcome");
    };
  }
}
