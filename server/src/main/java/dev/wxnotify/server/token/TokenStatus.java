package dev.wxnotify.server.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the token of an app stands; it never holds the token.
 *
 * @param receivedAt when the current token was received; null where there is none
 * @param expiresAt when WeChat will stop taking it; null where there is none
 * @param trouble why the last renewal failed; null if it did not
 * @param callsLeft how many token calls the budget of the hour still allows
 */
public record TokenStatus(
    @Nullable Instant receivedAt,
    @Nullable Instant expiresAt,
    IssueResult.@Nullable Failure trouble,
    int callsLeft) {

  /** Tells whether there is a token that WeChat takes at {@code now}, as far as is known. */
  public boolean hasToken(Instant now) {
    return expiresAt != null && now.isBefore(expiresAt);
  }

  /** Tells whether WeChat refuses this server a token, which only the operator can mend. */
  public boolean isRefused() {
    return trouble instanceof IssueResult.Refused refused
        && refused.kind() == IssueResult.Refused.Kind.CREDENTIALS;
  }
}
