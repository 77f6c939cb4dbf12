package dev.wxnotify.server.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of an app's token; it never contains the token.
 *
 * @param receivedAt when the current token was received; null where there is none
 * @param expiresAt when WeChat stops accepting it; null where there is none
 * @param trouble why the last renewal failed; null if it did not
 * @param callsLeft how many token calls the budget of the hour still allows
 * @param freshness its state now; null where there is none
 * @param isShared whether another replica fetched it
 * @param fingerprint a short name for it that is safe to show; empty where there is none
 * @param nextTry when a failed renewal is tried again; null if it did not fail
 * @param source where tokens of the app come from
 * @param usableUntil how long the current token is used if no other comes, which may be beyond its
 *     end where another system keeps it; null where there is none
 */
public record TokenStatus(
    @Nullable Instant receivedAt,
    @Nullable Instant expiresAt,
    IssueResult.@Nullable Failure trouble,
    int callsLeft,
    @Nullable Freshness freshness,
    boolean isShared,
    String fingerprint,
    @Nullable Instant nextTry,
    TokenSource source,
    @Nullable Instant usableUntil) {

  /**
   * Tells whether there is a token that WeChat accepts at {@code now}, as far as is known, or none
   * is needed.
   */
  public boolean hasToken(Instant now) {
    return source == TokenSource.NONE || (usableUntil != null && now.isBefore(usableUntil));
  }

  /** Tells whether WeChat refuses to issue a token, which only the operator can correct. */
  public boolean isRefused() {
    return trouble instanceof IssueResult.Refused refused
        && refused.kind() == IssueResult.Refused.Kind.CREDENTIALS;
  }
}
