package dev.wxnotify.server.delivery;

import dev.wxnotify.server.message.SubscribeMessage;
import dev.wxnotify.server.message.Violation;
import dev.wxnotify.server.token.AccessToken;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Writes one message to WeChat and reads its answer: one attempt, no retries. */
@FunctionalInterface
public interface MessageGateway {

  /**
   * Sends the message.
   *
   * <p>The gateway calls {@link WriteGate#tryPass} once, immediately before the first byte of the
   * request, and writes only if that returns true. The stage always completes normally, within a
   * bounded time, with {@link Answer.NotWritten} if and only if the gate was not passed.
   */
  CompletionStage<Answer> send(SubscribeMessage message, AccessToken token, WriteGate gate);

  /** The point of no return. */
  @FunctionalInterface
  interface WriteGate {
    /**
     * Tells whether the message may be written now. After it has returned true, the message counts
     * as written.
     */
    boolean tryPass();
  }

  /** The result of one attempt. */
  sealed interface Answer {
    /**
     * WeChat took the message.
     *
     * @param messageId its msgid in decimal digits; may be empty
     */
    record Accepted(String messageId) implements Answer {}

    /**
     * WeChat rejected the message, for a reason that a retry of ours does not change.
     *
     * @param violations the field that WeChat named, if it named one
     */
    record Rejected(
        SendOutcome.Rejected.Reason reason, WeChatError error, List<Violation> violations)
        implements Answer {}

    /** WeChat rejects the token (40001, 40014, 42001): it did not look at the message. */
    record TokenRejected(WeChatError error) implements Answer {}

    /**
     * WeChat denies this server access (40013, 40125, 40164, …): it did not look at the message.
     */
    record CredentialsRejected(WeChatError error) implements Answer {}

    /**
     * WeChat did not take the message, and may take it later.
     *
     * @param reason {@link SendOutcome.Rejected.Reason#WECHAT_BUSY} (-1), {@link
     *     SendOutcome.Rejected.Reason#RATE_LIMITED} (45011) or, which concerns one recipient only,
     *     {@link SendOutcome.Rejected.Reason#RECIPIENT_BUSY} (43108)
     */
    record Busy(SendOutcome.Rejected.Reason reason, WeChatError error) implements Answer {}

    /** The request was certainly not written. */
    record NotWritten(String explanation) implements Answer {}

    /**
     * The request was written, at least in part, and no readable answer came.
     *
     * @param status the number with which the transport ended the exchange (HTTP's status); 0 for
     *     none
     */
    record NoAnswer(String explanation, int status) implements Answer {

      /** No answer came at all. */
      public NoAnswer(String explanation) {
        this(explanation, 0);
      }
    }
  }
}
