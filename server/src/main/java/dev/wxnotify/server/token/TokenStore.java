package dev.wxnotify.server.token;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where the replicas of a fleet share the token of one app. It is an optimisation: each stage may
 * complete exceptionally when the store cannot be used, must do so within a short time, and the
 * cache then goes on alone.
 */
public interface TokenStore {

  /** What a lease is for. Leases of different purposes are independent. */
  enum Purpose {
    /** Asking WeChat for a token. Released when that is done. */
    FETCH,
    /** Forcing a new token. Never released: its end is the earliest moment of the next one. */
    FORCE
  }

  /** Returns the stored token, unless there is none or it is past its life. */
  CompletionStage<Optional<AccessToken>> load();

  /**
   * Stores a token, unless the stored one is newer. A store that cannot be used now may do so when
   * it can again.
   */
  CompletionStage<Void> save(AccessToken token);

  /** Removes {@code token} if it is still the stored one. */
  CompletionStage<Void> discard(AccessToken token);

  /**
   * Takes the one lease for {@code purpose}, which ends by itself after {@code duration}. Empty
   * while somebody else holds it.
   */
  CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration);

  /** The right to do something that only one replica may do at a time. */
  @FunctionalInterface
  interface Lease {
    /**
     * Gives the lease back, if it is still this one. Failures are of no interest: it ends by
     * itself.
     */
    void release();
  }
}
