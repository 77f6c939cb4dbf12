package dev.wxnotify.server.token;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where the replicas of a fleet share the token of one app. It is an optimisation: if the store
 * cannot be used, each stage may complete exceptionally, must do so within a short time, and the
 * cache then continues without it.
 */
public interface TokenStore {

  /** Stores nothing, for a token that is not this server's to share. */
  TokenStore NONE =
      new TokenStore() {
        @Override
        public CompletionStage<Optional<AccessToken>> load() {
          return CompletableFuture.completedStage(Optional.empty());
        }

        @Override
        public CompletionStage<Void> save(AccessToken token) {
          return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> discard(AccessToken token) {
          return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration) {
          return CompletableFuture.completedStage(Optional.empty());
        }
      };

  /** The purpose of a lease. Leases of different purposes are independent. */
  enum Purpose {
    /** A token call to WeChat. Released when it is done. */
    FETCH,
    /** Forcing a new token. Never released: its end is the earliest time of the next one. */
    FORCE
  }

  /** Returns the stored token, unless there is none or it has expired. */
  CompletionStage<Optional<AccessToken>> load();

  /**
   * Stores a token, unless the stored one is newer. A store that is not available now may do so
   * when it is available again.
   */
  CompletionStage<Void> save(AccessToken token);

  /** Removes {@code token} if it is still the stored one. */
  CompletionStage<Void> discard(AccessToken token);

  /**
   * Takes the one lease for {@code purpose}, which ends by itself after {@code duration}. Empty
   * while another holder has it.
   */
  CompletionStage<Optional<Lease>> tryLease(Purpose purpose, Duration duration);

  /** Says that the cache no longer uses the store; what is stored stays for other replicas. */
  default void close() {}

  /** The right to do something that only one replica may do at a time. */
  @FunctionalInterface
  interface Lease {
    /**
     * Returns the lease, if it is still this one. Failures do not matter: the lease ends by itself.
     */
    void release();
  }
}
