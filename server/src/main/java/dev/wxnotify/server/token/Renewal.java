package dev.wxnotify.server.token;

import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How the token of one app is renewed. The cache runs one renewal at a time. */
interface Renewal {

  /**
   * What came of a renewal: a token, or why there is none.
   *
   * @param isShared whether another replica fetched it
   * @param lifetime when the token changes its state; null where its life says so
   */
  record Result(
      @Nullable AccessToken token,
      boolean isShared,
      TokenPolicy.@Nullable Lifetime lifetime,
      IssueResult.@Nullable Failure failure) {
    static Result of(AccessToken token) {
      return new Result(token, false, null, null);
    }

    /** A token that another replica fetched. */
    static Result shared(AccessToken token) {
      return new Result(token, true, null, null);
    }

    /** A token that another system renews. */
    static Result read(AccessToken token, TokenPolicy.Lifetime lifetime) {
      return new Result(token, false, lifetime, null);
    }

    static Result of(IssueResult.Failure failure) {
      return new Result(null, false, null, failure);
    }
  }

  /**
   * Renews the token.
   *
   * @param rejected the token that WeChat no longer takes, if that is why
   * @param goodEnough which token of the store makes asking WeChat needless
   */
  CompletableFuture<Result> run(@Nullable AccessToken rejected, Predicate<AccessToken> goodEnough);

  /** Returns how many token calls the hour that ends now has left. */
  int callsLeft();
}
