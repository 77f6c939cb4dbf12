package dev.wxnotify.server.grpc;

import dev.wxnotify.server.journal.CursorExpiredException;
import dev.wxnotify.server.journal.JournalUnavailableException;
import dev.wxnotify.server.journal.PushRejectedException;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.v1.Outcome;
import dev.wxnotify.v1.SendError;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The errors of calls for which a stage of the journal fails. */
final class JournalFaults {
  private static final Logger log = LoggerFactory.getLogger(JournalFaults.class);

  private JournalFaults() {}

  static SendError of(Throwable thrown) {
    Throwable fault = cause(thrown);
    if (fault instanceof JournalUnavailableException) {
      return SendErrors.journalUnavailable();
    }
    if (fault instanceof CursorExpiredException) {
      return SendErrors.cursorExpired();
    }
    if (fault instanceof PushRejectedException wrong) {
      return SendErrors.invalid(List.of(new Violation(wrong.field(), wrong.rule())));
    }
    log.error("the journal failed unexpectedly", fault);
    return SendErrors.internal(Outcome.OUTCOME_NOT_SENT);
  }

  /** Returns what a stage failed with. */
  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }
}
