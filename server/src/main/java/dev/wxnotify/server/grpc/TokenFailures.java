package dev.wxnotify.server.grpc;

import dev.wxnotify.server.delivery.SendOutcome;
import dev.wxnotify.server.delivery.SendOutcome.NotSent;
import dev.wxnotify.server.delivery.WeChatError;
import dev.wxnotify.server.token.IssueResult;
import dev.wxnotify.server.token.NoToken;

/** What a call hears that asked for a token, and not for a message to be sent. */
final class TokenFailures {
  private TokenFailures() {}

  static SendOutcome outcome(NoToken none) {
    String text = none.refusal().explanation();
    if (none.refusal() instanceof IssueResult.Refused no) {
      WeChatError error = new WeChatError(no.errcode(), no.errmsg(), no.rid());
      return no.kind() == IssueResult.Refused.Kind.CREDENTIALS
          ? new NotSent(NotSent.Reason.WECHAT_CREDENTIALS, text, error, null)
          : new NotSent(NotSent.Reason.WECHAT_UNREACHABLE, text, error, none.retryAfter());
    }
    return new NotSent(NotSent.Reason.WECHAT_UNREACHABLE, text, null, none.retryAfter());
  }
}
