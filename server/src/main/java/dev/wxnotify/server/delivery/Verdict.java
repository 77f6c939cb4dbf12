package dev.wxnotify.server.delivery;

import dev.wxnotify.server.delivery.MessageGateway.Answer;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.SendOutcome.Rejected;
import dev.wxnotify.server.delivery.SendOutcome.Unknown;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.NoToken;
import dev.wxnotify.server.token.TokenSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What follows from an answer of WeChat, or from having none. Pure: {@link Sending} does it. */
sealed interface Verdict {

  /** The message ends, whether or not somebody still waits for it. */
  record End(SendOutcome outcome) implements Verdict {}

  /** WeChat did not take the message. It ends so, unless it was given up meanwhile. */
  record Stop(SendOutcome outcome) implements Verdict {}

  /** WeChat did not take the message. It is written again after a pause, if there is time. */
  record Repeat(SendOutcome otherwise) implements Verdict {}

  /** WeChat does not know the token. The message is written again with a new one, once. */
  record RenewToken(WeChatError error) implements Verdict {}

  /** How long a caller waits where WeChat was busy. */
  Duration BUSY_RETRY_AFTER = Duration.ofSeconds(1);

  /**
   * Judges an answer.
   *
   * @param retryAfter when a message that was rejected for a reason may succeed; null where that is
   *     not known
   */
  static Verdict on(
      Answer answer, Order order, Function<Rejected.Reason, @Nullable Duration> retryAfter) {
    if (answer instanceof Answer.Accepted accepted) {
      return new End(new SendOutcome.Accepted(accepted.messageId()));
    } else if (answer instanceof Answer.Rejected no) {
      return new End(
          new Rejected(
              no.reason(),
              no.error(),
              order.inCallersTerms(no.violations()),
              retryAfter.apply(no.reason())));
    } else if (answer instanceof Answer.CredentialsRejected no) {
      return new End(credentials("WeChat rejects this server's credentials", no.error()));
    } else if (answer instanceof Answer.NoAnswer none) {
      return new End(new Unknown(Unknown.Reason.NO_ANSWER, none.explanation()));
    } else if (answer instanceof Answer.TokenRejected no) {
      return new RenewToken(no.error());
    } else if (answer instanceof Answer.Busy no) {
      return onBusy(no, order.lane(), retryAfter);
    }
    String explanation = ((Answer.NotWritten) answer).explanation();
    return new Repeat(new NotSent(NotSent.Reason.WECHAT_UNREACHABLE, explanation));
  }

  /**
   * A message that comes too fast is not sent again while its caller waits; one of a batch goes
   * back to the batch, which knows when it may.
   */
  private static Verdict onBusy(
      Answer.Busy no, Lane lane, Function<Rejected.Reason, @Nullable Duration> retryAfter) {
    boolean tooFast = no.reason() == Rejected.Reason.RATE_LIMITED;
    Duration wait = tooFast ? retryAfter.apply(no.reason()) : BUSY_RETRY_AFTER;
    Rejected outcome = new Rejected(no.reason(), no.error(), List.of(), wait);
    boolean isTheBatchs = no.reason().isThrottle() && lane == Lane.BATCH;
    return tooFast || isTheBatchs ? new Stop(outcome) : new Repeat(outcome);
  }

  /** Returns the outcome of a message for which there is no token. */
  static SendOutcome noToken(NoToken none) {
    if (none.refusal() instanceof IssueResult.Refused refused) {
      WeChatError error = new WeChatError(refused.errcode(), refused.errmsg(), refused.rid());
      if (refused.kind() == IssueResult.Refused.Kind.CREDENTIALS) {
        return credentials(
            refused.isWeChats()
                ? "WeChat refuses to issue an access token to this server"
                : "no access token is available: " + refused.explanation(),
            error);
      }
      return new NotSent(
          NotSent.Reason.WECHAT_UNREACHABLE,
          refused.isWeChats()
              ? "WeChat issues no access token at the moment"
              : "no access token is available: " + refused.explanation(),
          error,
          none.retryAfter());
    }
    return new NotSent(
        NotSent.Reason.WECHAT_UNREACHABLE,
        "no access token is available: " + none.refusal().explanation(),
        null,
        none.retryAfter());
  }

  /**
   * Returns the outcome of a message whose token WeChat rejects although it is the newest one.
   *
   * @param source where it came from
   */
  static SendOutcome rejectedAgain(TokenSource source, @Nullable WeChatError error) {
    String what =
        switch (source) {
          case WECHAT -> "WeChat rejects the access token that it issues";
          case URL, REDIS, CLOUDBASE ->
              "WeChat rejects the access token, and its source has no other one";
          case NONE -> "WeChat asks for an access token, and the app is configured to need none";
        };
    return credentials(what, error);
  }

  /** Returns the outcome of a message where only the operator can act. */
  static SendOutcome credentials(String explanation, @Nullable WeChatError error) {
    return new NotSent(NotSent.Reason.WECHAT_CREDENTIALS, explanation, error, null);
  }
}
